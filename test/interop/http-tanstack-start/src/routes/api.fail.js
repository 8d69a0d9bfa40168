import { createFileRoute } from '@tanstack/react-router'

function GET() {
  throw new Error('thrown by a server route')
}

export const Route = createFileRoute('/api/fail')({ server: { handlers: { GET } } })
