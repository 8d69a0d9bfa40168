import { createFileRoute, redirect } from '@tanstack/react-router'

function beforeLoad({ params }) {
  throw redirect({ to: '/users/$userId', params: { userId: params.id } })
}

export const Route = createFileRoute('/old/$id')({ beforeLoad })
