import { setRoute } from 'agentgateway-otel'
import { defineHandler } from 'nitro/h3'

export default defineHandler((event) => {
  setRoute(event, '/named-by-the-app')
  return 'ok'
})
