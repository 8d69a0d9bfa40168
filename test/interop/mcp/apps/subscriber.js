// A client and a server of 2026-07-28 in one process: on a line of stdin it subscribes to itself, on the next line it ends the subscription.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { addTools } from './tools.js'

const capabilities = { tools: { listChanged: true } }
const handler = createMcpHandler(() =>
  addTools(new McpServer({ name: 'subscribed', version: '1.0.0' }, { capabilities })),
)
const http = createServer(toNodeHandler(handler)).listen(0, '127.0.0.1')
await once(http, 'listening')
console.log(`ready ${http.address().port}`)

await once(process.stdin, 'data')
const client = new Client({ name: 'self', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } })
await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${http.address().port}/mcp`)))
const subscription = await client.listen({ toolsListChanged: true })
console.log('subscribed')
await once(process.stdin, 'data')
await subscription.close()
await client.close()
console.log('closed')
