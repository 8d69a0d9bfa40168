// An app's own server of what Astro builds, which says the route itself.
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { setRoute } from 'agentgateway-otel'

const { handler } = await import(pathToFileURL(process.argv[2]))
const server = createServer((request, response) => {
  if (request.url.startsWith('/users/')) setRoute(request, '/named-by-the-app')
  handler(request, response)
})
server.listen(Number(process.env.PORT), '127.0.0.1')
