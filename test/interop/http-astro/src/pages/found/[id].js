export const GET = ({ params }) => new Response('ok', { status: params.id === 'no' ? 404 : 200 })
