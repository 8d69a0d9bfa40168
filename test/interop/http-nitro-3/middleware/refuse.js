import { defineHandler, getQuery } from 'nitro/h3'

export default defineHandler((event) => {
  if (!getQuery(event).refused) return
  event.res.status = 401
  return 'refused'
})
