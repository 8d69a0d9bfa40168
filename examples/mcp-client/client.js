/**
 * Calls a tool of an MCP server for each line of stdin:
 *
 *     node client.js http://localhost:3000/mcp
 *     node client.js node ../mcp-server/stdio.js
 */
import { createInterface } from 'node:readline'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const [target, ...args] = process.argv.slice(2)
if (target === undefined) {
  console.error('usage: node client.js URL, or the command that starts a server over stdio')
  process.exit(2)
}

const isUrl = /^https?:/.test(target)
const transport = isUrl
  ? new StreamableHTTPClientTransport(new URL(target))
  : new StdioClientTransport({ command: target, args, stderr: 'inherit' })
const client = new Client({ name: 'example-client', version: '1.0.0' })
await client.connect(transport)
const { tools } = await client.listTools()
console.log(`tools of ${client.getServerVersion()?.name}: ${tools.map(({ name }) => name).join(', ')}`)
console.log('a tool and its arguments as JSON, such as: add_note {"text": "buy milk"}')

for await (const line of createInterface({ input: process.stdin })) {
  const [, name = '', json = ''] = /^(\S+)\s*(.*)$/.exec(line.trim()) ?? []
  if (name === '') continue
  try {
    const result = await client.callTool({ name, arguments: JSON.parse(json || '{}') })
    const content = /** @type {{ text?: string }[]} */ (result.content)
    console.log(content.map(({ text }) => text ?? '').join('\n'))
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error))
  }
}

// A session that the client does not end stays open until the server closes it as idle.
if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession()
await client.close()
