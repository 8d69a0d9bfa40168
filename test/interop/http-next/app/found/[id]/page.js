import { notFound } from 'next/navigation'

export default async function Page({ params }) {
  const { id } = await params
  if (id === 'no') notFound()
  return id
}
