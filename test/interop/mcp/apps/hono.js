// A server of @hono/mcp with one session, which accepts an `initialize` whose client accepts only JSON.

import { StreamableHTTPTransport } from '@hono/mcp'
import { serve } from '@hono/node-server'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { Hono } from 'hono'
import { addTools } from './tools.js'

const transport = new StreamableHTTPTransport({ sessionIdGenerator: () => 'the-session', enableJsonResponse: true })
const mcp = addTools(new McpServer({ name: 'hono', version: '1.0.0' }))
mcp.registerTool('late', { description: 'Responds when the session has ended.' }, async () => {
  console.log('late called')
  await sessionEnd.promise
  return { content: [{ type: 'text', text: 'late' }] }
})
const sessionEnd = Promise.withResolvers()
await mcp.connect(transport)
const app = new Hono()
app.post('/rpc', async (c) => c.json({ jsonrpc: '2.0', id: (await c.req.json()).id, result: {} }))
app.all('/mcp', async (c) => {
  const response = await transport.handleRequest(c)
  if (c.req.method === 'DELETE') sessionEnd.resolve()
  return response
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`ready ${port}`))
