// A server of connect, without a router, where some handlers of paths name their routes.
import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
import connect from 'connect'

const app = connect()
app.use('/users', (_request, response) => response.end('ok'))
app.use('/named', (request, response) => {
  setRoute(request, '/named')
  response.end('ok')
})
const inner = connect().use('/named', (request, response) => {
  setRoute(request, '/outer/named')
  response.end('ok')
})
app.use('/outer', inner)
const server = createServer(app).listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
