export function loader() {
  throw new Response('failed', { status: 500 })
}

export default function Page() {
  return <p>never</p>
}
