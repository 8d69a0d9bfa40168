// A Streamable HTTP server of any version of the official SDK, with sessions at /stateful and without at /stateless.
import { createServer } from 'node:http'
import { sdk, version } from './sdks.js'
import { addTools } from './tools.js'

const { McpServer } = await sdk(version === '2' ? 'server' : 'server/mcp.js')
const create = (name) => addTools(new McpServer({ name: `${name}-${version}`, version: '1.0.0' }))

async function open(sessionIdGenerator, onsessioninitialized) {
  const { NodeStreamableHTTPServerTransport, StreamableHTTPServerTransport = NodeStreamableHTTPServerTransport } =
    await sdk(version === '2' ? 'node' : 'server/streamableHttp.js')
  return new StreamableHTTPServerTransport({ sessionIdGenerator, onsessioninitialized })
}

const sessions = new Map()
async function stateful(req, res) {
  const id = req.headers['mcp-session-id']
  let transport = sessions.get(id)
  if (transport === undefined) {
    transport = await open(
      () => crypto.randomUUID(),
      (id) => void sessions.set(id, transport),
    )
    await create('stateful').connect(transport)
  }
  await transport.handleRequest(req, res)
}

async function stateless(req, res) {
  if (version === '2') {
    const [{ createMcpHandler }, { toNodeHandler }] = [await sdk('server'), await sdk('node')]
    return toNodeHandler(createMcpHandler(() => create('stateless')))(req, res)
  }
  const transport = await open(undefined)
  await create('stateless').connect(transport)
  await transport.handleRequest(req, res)
}

const server = createServer((req, res) => (req.url === '/stateful' ? stateful : stateless)(req, res))
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
