import { defineHandler, getQuery } from 'nitro/h3'

export default defineHandler((event) => {
  event.res.status = getQuery(event).found ? 200 : 404
  return 'the rest'
})
