// A client of the official SDK: node client-sdk.js http|sse URL, or stdio COMMAND ARGUMENT…
// It uses the server, writes `used`, and on a line of stdin ends the session and writes `closed`.
import { once } from 'node:events'
import { sdk, version } from './sdks.js'

const [kind, target, ...args] = process.argv.slice(2)
const isV2 = version === '2'
const client = await createClient()
console.log('ready')
await client.connect(await createTransport())
const tolerate = (call) => call.catch(() => {})
await client.listTools()
await client.callTool({ name: 'echo', arguments: { message: 'hi' } })
await Promise.all([
  tolerate(client.callTool({ name: 'echo', arguments: { message: 'hi' } })),
  tolerate(client.callTool({ name: 'broken', arguments: {} })),
  tolerate(client.callTool({ name: 'no-such-tool', arguments: {} })),
  tolerate(client.getPrompt({ name: 'no-such-prompt' })),
])
const { prompts } = await client.listPrompts()
if (prompts.some(({ name }) => name === 'greeting')) await client.getPrompt({ name: 'greeting' })
await tolerate(client.ping())
console.log('used')

await once(process.stdin, 'data')
if (kind === 'http') await tolerate(client.transport.terminateSession())
await client.close()
console.log('closed')
await once(process.stdin, 'data')
process.exit()

async function createClient() {
  const { Client } = await sdk(isV2 ? 'client' : 'client/index.js')
  const options = process.env.MODE ? { versionNegotiation: { mode: process.env.MODE } } : {}
  return new Client({ name: 'client', version: '1.0.0' }, options)
}

async function createTransport() {
  if (kind === 'stdio') {
    const { StdioClientTransport } = await sdk(isV2 ? 'client/stdio' : 'client/stdio.js')
    return new StdioClientTransport({ command: target, args, env: process.env, stderr: 'inherit' })
  }
  if (kind === 'sse') {
    const { SSEClientTransport } = await sdk(isV2 ? 'client' : 'client/sse.js')
    return new SSEClientTransport(new URL(target))
  }
  const { StreamableHTTPClientTransport } = await sdk(isV2 ? 'client' : 'client/streamableHttp.js')
  return new StreamableHTTPClientTransport(new URL(target))
}
