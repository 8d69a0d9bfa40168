import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/api/stack')({
  server: { handlers: { GET: () => new Response(new Error('stack').stack) } },
})
