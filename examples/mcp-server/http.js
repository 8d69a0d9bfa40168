/** Serves the notes over Streamable HTTP with sessions: PORT=3000 node http.js */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { createNotesServer } from './notes-server.js'

/** @typedef {import('node:http').IncomingMessage} Request @typedef {import('node:http').ServerResponse} Response */

/** @type {Map<string, StreamableHTTPServerTransport>} */
const sessions = new Map()

async function open() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  await createNotesServer().connect(transport)
  return transport
}

/** @param {Request} req @param {Response} res */
async function handle(req, res) {
  if (new URL(req.url ?? '', 'http://localhost').pathname !== '/mcp') {
    res.writeHead(404).end('MCP is at /mcp\n')
    return
  }
  const id = req.headers['mcp-session-id']
  const session = typeof id === 'string' ? sessions.get(id) : undefined
  if (id !== undefined && session === undefined) {
    const error = { code: -32001, message: 'Session not found' }
    res.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id: null, error }))
    return
  }
  // Without a session, the transport accepts an `initialize` and refuses everything else.
  await (session ?? (await open())).handleRequest(req, res)
}

const server = createServer((req, res) => {
  handle(req, res).catch((error) => {
    console.error(error)
    res.destroy()
  })
})
server.listen(Number(process.env.PORT ?? 3000), () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`notes on http://localhost:${port}/mcp`)
})
