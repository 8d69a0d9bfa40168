export default async function Page({ params }) {
  return JSON.stringify(await params)
}
