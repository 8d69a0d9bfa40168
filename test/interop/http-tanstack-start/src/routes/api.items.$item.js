import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/api/items/$item')({
  server: { handlers: { GET: () => new Response('ok'), POST: () => new Response('ok') } },
})
