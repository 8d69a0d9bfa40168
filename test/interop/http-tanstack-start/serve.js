import { pathToFileURL } from 'node:url'

const [script, name] = process.argv.slice(2)
const { default: start } = await import(pathToFileURL(script).href)

/** The servers by which apps pass requests to the handler that was built. */
const SERVERS = {
  async node() {
    const [{ createServer }, { toNodeHandler }] = await Promise.all([import('node:http'), import('srvx/node')])
    return createServer(toNodeHandler(start.fetch))
  },
  async express() {
    const [{ default: express }, { toNodeHandler }] = await Promise.all([import('express'), import('srvx/node')])
    const handle = toNodeHandler(start.fetch)
    const app = express()
    app.get('/express/:id', (_request, response) => response.send('ok'))
    app.use('/mount', (request, response, next) => handle(request, response).catch(next))
    app.use((request, response, next) => handle(request, response).catch(next))
    const { createServer } = await import('node:http')
    return createServer(app)
  },
  async hono() {
    const { createAdaptorServer } = await import('@hono/node-server')
    return createAdaptorServer({ fetch: start.fetch })
  },
  // A web Request that leads to none of Node's.
  async own() {
    const [{ createServer }, { setRoute }] = await Promise.all([import('node:http'), import('agentgateway-otel')])
    return createServer(async (request, response) => {
      if (request.url.startsWith('/users/')) setRoute(request, '/users/$userId')
      const { status, headers, body } = await start.fetch(new Request(new URL(request.url, 'http://localhost')))
      response.writeHead(status, Object.fromEntries(headers))
      for await (const chunk of body ?? []) response.write(chunk)
      response.end()
    })
  },
}

const server = await SERVERS[name]()
server.listen(Number(process.env.PORT), '127.0.0.1')
