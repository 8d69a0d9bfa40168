import { createMiddleware, createStart } from '@tanstack/react-start'

const refuse = createMiddleware().server(({ next, request }) =>
  request.url.includes('refused=all') ? new Response('refused', { status: 401 }) : next(),
)

export const startInstance = createStart(() => ({ requestMiddleware: [refuse] }))
