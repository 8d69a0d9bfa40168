// The Express app of version 2 of the SDK, and an SSE server of version 1 or 2, in one process.
import { createMcpExpressApp } from '@modelcontextprotocol/express'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { McpServer } from '@modelcontextprotocol/server'
import { sdk, version } from './sdks.js'
import { addTools } from './tools.js'

const app = createMcpExpressApp()
app.post('/mcp', async (req, res) => {
  const transport = new NodeStreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true })
  await addTools(new McpServer({ name: 'express', version: '1.0.0' })).connect(transport)
  await transport.handleRequest(req, res, req.body)
})

const { SSEServerTransport } = await sdk(version === '2' ? 'server-legacy/sse' : 'server/sse.js')
const { McpServer: SseMcpServer } = await sdk(version === '2' ? 'server' : 'server/mcp.js')
const streams = new Map()
app.get('/sse', async (_, res) => {
  const transport = new SSEServerTransport('/messages', res)
  streams.set(transport.sessionId, transport)
  await addTools(new SseMcpServer({ name: `sse-${version}`, version: '1.0.0' })).connect(transport)
})
app.post('/messages', async (req, res) => {
  const transport = streams.get(req.query.sessionId)
  if (transport) await transport.handlePostMessage(req, res, req.body)
  else res.status(404).end('no such stream')
})
// An event stream that is not of MCP.
app.get('/events', (_, res) => {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.end('event: news\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\nevent: endpoint\ndata: /rpc\n\n')
})
app.post('/rpc', (req, res) => res.json({ jsonrpc: '2.0', id: req.body.id, result: {} }))
const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
