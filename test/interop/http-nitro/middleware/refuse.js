export default defineEventHandler((event) => {
  if (!getQuery(event).refused) return
  setResponseStatus(event, 401)
  return 'refused'
})
