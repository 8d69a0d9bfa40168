import { setRoute } from 'agentgateway-otel'

export default defineEventHandler((event) => {
  setRoute(event, '/named-by-the-app')
  return 'ok'
})
