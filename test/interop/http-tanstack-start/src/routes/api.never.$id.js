import { createFileRoute } from '@tanstack/react-router'

function GET() {
  console.log('reached')
  return new Promise(() => {})
}

export const Route = createFileRoute('/api/never/$id')({ server: { handlers: { GET } } })
