// The client of the AI SDK, which does the same as client-sdk.js: node client-ai-sdk.js http|sse URL, or stdio COMMAND ARGUMENT…
import { once } from 'node:events'
import { createMCPClient } from '@ai-sdk/mcp'
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio'

const [kind, target, ...args] = process.argv.slice(2)
console.log('ready')
const transport =
  kind === 'stdio'
    ? new Experimental_StdioMCPTransport({ command: target, args, env: process.env, stderr: 'inherit' })
    : { type: kind, url: target }
const client = await createMCPClient({ transport })
const tools = await client.tools()
const call = (name) => tools[name].execute({ message: 'hi' }, { messages: [], toolCallId: name }).catch(() => {})
await call('echo')
await Promise.all([call('echo'), tools.broken && call('broken')])
await client.experimental_listPrompts?.()
console.log('used')
await once(process.stdin, 'data')
await client.close()
console.log('closed')
await once(process.stdin, 'data')
process.exit()
