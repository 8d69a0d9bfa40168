import { createFileRoute } from '@tanstack/react-router'

function loader() {
  throw new Error('thrown by a page')
}

export const Route = createFileRoute('/fail')({ loader, component: () => <p>never</p> })
