import { defineHandler } from 'nitro/h3'

export default defineHandler(() => {
  console.log('reached')
  return new Promise(() => {})
})
