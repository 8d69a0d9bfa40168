export default function Page() {
  return 'prerendered'
}
