import { setRoute } from 'agentgateway-otel'

export function GET({ platform }) {
  setRoute(platform.req, '/named-by-the-app')
  return new Response('ok')
}
