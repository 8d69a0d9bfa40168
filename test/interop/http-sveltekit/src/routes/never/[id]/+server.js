export const GET = () => {
  console.log('reached')
  return new Promise(() => {})
}
