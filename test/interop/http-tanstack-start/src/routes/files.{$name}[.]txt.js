import { createFileRoute } from '@tanstack/react-router'

export const Route = createFileRoute('/files/{$name}.txt')({ server: { handlers: { GET: () => new Response('ok') } } })
