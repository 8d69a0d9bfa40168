export default defineEventHandler((event) => {
  setResponseStatus(event, getQuery(event).found ? 200 : 404)
  return 'the rest'
})
