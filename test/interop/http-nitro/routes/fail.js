export default defineEventHandler(() => {
  throw createError({ statusCode: 500, message: 'thrown by a handler' })
})
