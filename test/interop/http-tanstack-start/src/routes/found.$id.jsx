import { createFileRoute, notFound } from '@tanstack/react-router'

function loader({ params }) {
  if (params.id === 'no') throw notFound()
}

export const Route = createFileRoute('/found/$id')({ loader, component: () => <p>found</p> })
