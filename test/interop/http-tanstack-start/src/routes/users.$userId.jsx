import { createFileRoute, Outlet } from '@tanstack/react-router'
import { createMiddleware } from '@tanstack/react-start'

const refuse = createMiddleware().server(({ next, request }) =>
  request.url.includes('refused=user') ? new Response('refused', { status: 401 }) : next(),
)

export const Route = createFileRoute('/users/$userId')({ component: Outlet, server: { middleware: [refuse] } })
