export function loader() {
  console.log('reached')
  return new Promise(() => {})
}
