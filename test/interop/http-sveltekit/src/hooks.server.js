export const handle = ({ event, resolve }) =>
  event.url.searchParams.has('refused') ? new Response('refused', { status: 401 }) : resolve(event)

export const handleError = () => ({ message: 'failed' })
