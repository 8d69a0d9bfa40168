// Servers of the official SDK, version 1 or 2, without sessions, at one port and path, and their clients. The query selects
// the server: `?server=alpha`. On a line of stdin the clients do what the line names, and write `done`.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { sdk, version } from './sdks.js'

const isV2 = version === '2'
const { McpServer } = await sdk(isV2 ? 'server' : 'server/mcp.js')
const { NodeStreamableHTTPServerTransport, StreamableHTTPServerTransport = NodeStreamableHTTPServerTransport } =
  await sdk(isV2 ? 'node' : 'server/streamableHttp.js')
const { Client } = await sdk(isV2 ? 'client' : 'client/index.js')
const { StreamableHTTPClientTransport } = await sdk(isV2 ? 'client' : 'client/streamableHttp.js')

/** Resolves when the server has received a cancellation. Calls of the tool `late` wait for it. */
const release = Promise.withResolvers()
let isCancelling = false
function createMcp(name) {
  const server = new McpServer({ name, version: '1.0.0' })
  const result = { content: [{ type: 'text', text: 'here' }] }
  server.registerTool('now', { description: 'Responds at once.' }, () => result)
  server.registerTool('late', { description: 'Responds after a call has been cancelled.' }, async () => {
    console.log('late called')
    await release.promise
    return result
  })
  return server
}

const server = createServer(async (request, response) => {
  const name = new URL(request.url, 'http://localhost').searchParams.get('server')
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
  response.on('finish', () => {
    if (isCancelling && response.statusCode === 202) release.resolve()
  })
  await createMcp(name).connect(transport)
  await transport.handleRequest(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))

async function connect(name, headers = {}) {
  const client = new Client({ name: 'client', version: '1.0.0' })
  const url = new URL(`http://127.0.0.1:${server.address().port}/mcp?server=${name}`)
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
  return client
}

const now = (client) => client.callTool({ name: 'now' })
const late = (client, options) => client.callTool({ name: 'late' }, ...(isV2 ? [options] : [undefined, options]))
const commands = {
  async 'one server'() {
    await now(await connect('alpha'))
  },
  async 'two servers'() {
    const [alpha, beta] = [await connect('alpha'), await connect('beta')]
    for (const client of [alpha, beta, alpha]) await now(client)
  },
  // The request of the other client has the same id, and gets a response.
  async 'cancel a call'() {
    const [waiting, cancelling] = await Promise.all(['x', 'y'].map((name) => connect('alpha', { authorization: name })))
    const pending = late(waiting)
    const cancelled = late(cancelling, { timeout: 200 })
    isCancelling = true
    await cancelled.catch((error) => console.log(`cancelled: ${error.message}`))
    await pending
    await now(waiting)
  },
}
createInterface({ input: process.stdin }).on('line', async (line) => {
  await commands[line]()
  console.log(`done ${line}`)
})
