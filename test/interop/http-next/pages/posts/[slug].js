export default function Page() {
  return 'rendered'
}

export async function getServerSideProps({ params }) {
  if (params.slug === 'broken') throw new Error('thrown by a page of the pages router')
  return { props: {} }
}
