// The client that the conformance suite tests: node conformance-client.js URL
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'

const client = new Client(
  { name: 'conformance-client', version: '1.0.0' },
  { capabilities: { elicitation: { applyDefaults: true } } },
)
client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: {} }))
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv.at(-1))))
const { tools } = await client.listTools()
for (const { name } of tools) await client.callTool({ name, arguments: { a: 5, b: 3 } })
await client.close()
