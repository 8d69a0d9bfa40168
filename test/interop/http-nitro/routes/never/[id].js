export default defineEventHandler(() => {
  console.log('reached')
  return new Promise(() => {})
})
