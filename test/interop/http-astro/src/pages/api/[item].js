export const GET = () => new Response('ok')
export const POST = GET
