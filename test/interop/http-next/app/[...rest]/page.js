import { notFound } from 'next/navigation'

export default async function Page({ searchParams }) {
  const { found } = await searchParams
  if (found === undefined) notFound()
  return 'the rest'
}
