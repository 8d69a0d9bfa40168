// A server of the official SDK whose streams can be resumed, at /mcp, and its client: on a line of stdin it calls itself.
// The tool `cut` ends the stream of its call and responds later; the client reconnects after a short interval.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { addTools } from './tools.js'

const events = []
const eventStore = {
  async storeEvent(streamId, message) {
    events.push({ streamId, message })
    return String(events.length)
  },
  async replayEventsAfter(lastEventId, { send }) {
    const { streamId } = events[Number(lastEventId) - 1]
    for (const [i, event] of events.entries()) {
      if (i >= Number(lastEventId) && event.streamId === streamId && event.message.jsonrpc)
        await send(String(i + 1), event.message)
    }
    return streamId
  },
}

const transport = new StreamableHTTPServerTransport({
  sessionIdGenerator: () => 'the-session',
  eventStore,
  retryInterval: 50,
})
const server = addTools(new McpServer({ name: 'resumable', version: '1.0.0' }))
server.registerTool('cut', { description: 'Responds on another stream.' }, async ({ closeSSEStream }) => {
  closeSSEStream()
  console.log('cut')
  await new Promise((resolve) => setTimeout(resolve, 200))
  return { content: [{ type: 'text', text: 'after all' }] }
})
await server.connect(transport)
const http = createServer((req, res) => transport.handleRequest(req, res))
http.listen(0, '127.0.0.1', () => console.log(`ready ${http.address().port}`))

createInterface({ input: process.stdin }).on('line', async () => {
  const client = new Client({ name: 'self', version: '1.0.0' })
  const itself = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${http.address().port}/mcp`))
  await client.connect(itself)
  await client.listTools()
  const { content } = await client.callTool({ name: 'cut' })
  await client.callTool({ name: 'echo' })
  await itself.terminateSession()
  await client.close()
  console.log(content[0].text)
})
