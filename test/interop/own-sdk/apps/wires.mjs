// An MCP server over stdio that sends and receives over the other wires, too, when its tool `all` is called: HTTP/2, MCP over
// the stdio of a child, and LLM calls with compressed responses. It writes its port to stderr, since stdout is the wire's.
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import { fileURLToPath, pathToFileURL } from 'node:url'
import zlib from 'node:zlib'

const { resolve } = createRequire(new URL('../../mcp/', import.meta.url))
const fromMcpTests = (name) => import(pathToFileURL(resolve(`@modelcontextprotocol/sdk/${name}`)))
const { McpServer } = await fromMcpTests('server/mcp.js')
const { StdioServerTransport } = await fromMcpTests('server/stdio.js')
const { Client } = await fromMcpTests('client/index.js')
const { StdioClientTransport } = await fromMcpTests('client/stdio.js')

const COMPLETION = JSON.stringify({
  object: 'chat.completion',
  model: 'gpt-5',
  choices: [],
  usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
})
const ENCODERS = { gzip: zlib.gzipSync, br: zlib.brotliCompressSync, deflate: zlib.deflateSync }

async function serve() {
  const web = http.createServer(async (request, response) => {
    await text(request)
    const encoding = request.url.slice(1).split('/')[0]
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding })
    response.end(ENCODERS[encoding](COMPLETION))
  })
  const web2 = http2.createServer((_request, response) => response.end('hello'))
  for (const server of [web, web2]) await once(server.listen(0, '127.0.0.1'), 'listening')
  return { web: web.address().port, web2: web2.address().port }
}

async function sendAll(ports) {
  for (const encoding of Object.keys(ENCODERS)) {
    const response = await fetch(`http://127.0.0.1:${ports.web}/${encoding}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model: 'gpt-5', messages: [] }),
    })
    await response.json()
  }
  const session = http2.connect(`http://127.0.0.1:${ports.web2}`)
  for (let i = 0; i < 2; i++) await text(session.request({ ':path': '/', ':method': 'POST' }).end())
  await new Promise((closed) => session.close(closed))

  const client = new Client({ name: 'wires', version: '1.0.0' })
  const args = [fileURLToPath(import.meta.url), 'child']
  await client.connect(new StdioClientTransport({ command: process.execPath, args }))
  await client.callTool({ name: 'nothing' })
  await client.close()
}

const isChild = process.argv[2] === 'child'
const ports = isChild ? undefined : await serve()
const server = new McpServer({ name: 'wires', version: '1.0.0' })
server.registerTool(isChild ? 'nothing' : 'all', {}, async () => {
  if (ports) await sendAll(ports)
  return { content: [] }
})
await server.connect(new StdioServerTransport())
if (ports) console.error(`serving on ${ports.web} and ${ports.web2}`)
