// A hapi server with a prefix, a refusal before the handler, and a route for every other path.
import Hapi from '@hapi/hapi'
import { setRoute } from 'agentgateway-otel'

const handler = () => 'ok'
const server = Hapi.server({ host: '127.0.0.1', port: 0 })
if (process.env.AGENTGATEWAY_ROUTES === 'explicit') {
  server.ext('onRequest', (request, h) => {
    setRoute(request)
    return h.continue
  })
}
server.ext('onPreAuth', (request, h) => (request.query.refused ? h.response('no').code(401).takeover() : h.continue))
server.route([
  { method: 'GET', path: '/', handler },
  { method: '*', path: '/users/{id}', handler },
  { method: 'GET', path: '/files/{name}.{type}', handler },
  { method: 'GET', path: '/wild/{rest*}', handler },
  { method: 'GET', path: '/optional/{x?}', handler },
  {
    method: '*',
    path: '/{all*}',
    handler: (request, h) => h.response('the rest').code(request.query.found ? 200 : 404),
  },
  {
    method: 'GET',
    path: '/fail',
    handler() {
      throw new Error('thrown by a handler')
    },
  },
])
await server.register(
  { name: 'things', register: (things) => things.route({ method: 'GET', path: '/things/{thing}', handler }) },
  { routes: { prefix: '/v1' } },
)
await server.start()
console.log(`ready ${server.info.port}`)
