// Servers made of `fetch` handlers: mcp-handler at /handler, tmcp at /tmcp.
import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { HttpTransport } from '@tmcp/transport-http'
import { createMcpHandler } from 'mcp-handler'
import { createTmcp } from './tmcp.js'
import { addTools } from './tools.js'

const handler = createMcpHandler((server) => void addTools(server), {
  serverInfo: { name: 'mcp-handler', version: '1.0.0' },
})
const tmcp = new HttpTransport(createTmcp('tmcp-http'), { path: '/tmcp' })
const routes = {
  '/handler': toNodeHandler({ fetch: handler }),
  '/tmcp': toNodeHandler({
    fetch: async (request) => (await tmcp.respond(request)) ?? new Response(null, { status: 404 }),
  }),
}
const server = createServer((req, res) => routes[req.url](req, res))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
