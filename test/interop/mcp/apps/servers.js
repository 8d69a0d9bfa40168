// MCP servers of the official SDK at three paths: /stateful, /stateless and /json (sessions, responses in JSON, compressed).
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import compression from 'compression'
import express from 'express'

function createMcp(name) {
  const server = new McpServer({ name, version: '1.0.0' })
  const text = (text) => ({ content: [{ type: 'text', text }] })
  server.registerTool('echo', { description: 'Says something.' }, () => text('grüße "漢字" 🎈'))
  server.registerTool('broken', { description: 'Throws.' }, () => {
    throw new Error('broken')
  })
  server.registerTool('image', { description: 'Returns 3 MB.' }, () => ({
    content: [{ type: 'image', mimeType: 'image/png', data: 'iVBORw0K'.repeat(375_000) }],
  }))
  server.registerTool('slow', { description: 'Responds after the client has cancelled the call.' }, ({ signal }) => {
    console.log('slow called')
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(text('late'))))
  })
  server.registerPrompt('greeting', { description: 'Greets.' }, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: 'Hello' } }],
  }))
  server.registerResource('file', 'file:///secret/path', {}, (uri) => ({ contents: [{ uri: uri.href, text: 'x' }] }))
  return server
}

const sessions = new Map()
let sessionCount = 0

function withSessions(name, enableJsonResponse) {
  return async (req, res) => {
    const id = req.headers['mcp-session-id']
    let transport = sessions.get(id)
    if (transport === undefined) {
      transport = new StreamableHTTPServerTransport({
        // Session ids are counted up, so that two runs of the app send the same responses.
        sessionIdGenerator: () => `session-${++sessionCount}`,
        enableJsonResponse,
        onsessioninitialized: (id) => void sessions.set(id, transport),
        onsessionclosed: (id) => void sessions.delete(id),
      })
      if (id === undefined) await createMcp(name).connect(transport)
      // This transport is not connected, so it responds that there is no such session.
      else await transport.close()
    }
    await transport.handleRequest(req, res, req.body)
  }
}

async function stateless(req, res) {
  if (req.method !== 'POST') {
    res.writeHead(405, { allow: 'POST' }).end('no sessions here')
    return
  }
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  const server = createMcp('stateless-server')
  res.on('close', () => server.close())
  await server.connect(transport)
  await transport.handleRequest(req, res)
}

const app = express()
app.get('/health', (_, res) => res.json({ ok: true }))
app.post('/rpc', express.json(), (req, res) => res.json({ jsonrpc: '2.0', id: req.body.id, result: {} }))
app.post('/forget', express.json(), (req, res) => {
  sessions.delete(req.body.id)
  res.end()
})
app.all('/stateful', express.json(), withSessions('stateful-server', false))
app.all('/json', compression({ threshold: 0 }), express.json(), withSessions('json-server', true))

const server = createServer((req, res) => (req.url === '/stateless' ? stateless(req, res) : app(req, res)))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
