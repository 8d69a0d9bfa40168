// The routes of both apps, with the modules that either module system has loaded. Responses show what a client cannot see.
const { setTimeout: sleep } = require('node:timers/promises')
// Agents wrap `dns` when it is first required, and then report the app's own `listen`. The preload requires it for OTLP.
require('node:dns')

exports.serve = ({ express, http, OpenAI, McpServer, StreamableHTTPServerTransport }) => {
  const { BACKEND } = process.env
  const app = express()
  app.get('/items/:id', async (request, response) => {
    await sleep(1)
    response.json({ id: request.params.id })
  })
  // Calls the URL in BACKEND by fetch and by http.request, and responds with the headers that arrived there.
  app.get('/call/:id', async (_request, response) => {
    const fetched = await fetch(BACKEND, { headers: { connection: 'close' } })
    const requested = await new Promise((resolve, reject) => {
      http.get(BACKEND, { agent: false }, (incoming) => incoming.setEncoding('utf8').toArray().then(resolve, reject))
    })
    response.json({ fetch: await fetched.json(), http: JSON.parse(requested.join('')) })
  })
  // Calls a model, whose response is the headers that arrived there.
  const openai = new OpenAI({ apiKey: 'none', baseURL: `${BACKEND}v1`, maxRetries: 0 })
  const client = globalThis.observeLlm?.(openai) ?? openai
  app.get('/llm/:id', async (_request, response) => {
    const messages = [{ role: 'user', content: 'ping' }]
    const { choices } = await client.chat.completions.create({ model: 'gpt-5', messages })
    response.json({ llm: JSON.parse(choices[0].message.content) })
  })
  // An MCP server without sessions.
  app.post('/mcp', async (request, response) => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' })
    server.registerTool('now', { description: 'Responds at once.' }, () => ({
      content: [{ type: 'text', text: 'here' }],
    }))
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true })
    await server.connect(transport)
    await transport.handleRequest(request, response)
  })
  app.get('/fail/:id', async (request) => {
    throw new Error(`thrown by the app, time ${request.params.id}`)
  })
  app.use((error, _request, response, _next) => {
    globalThis.reportError?.(error)
    response.status(500).json({ error: error.message })
  })
  const server = http.createServer(app).listen(0, '127.0.0.1', () => {
    console.log('symbols', Object.getOwnPropertySymbols(globalThis).map(String).sort().join())
    console.log(`ready ${server.address().port}`)
  })
  process.stdin.once('data', (line) => {
    process.on('exit', (code) => console.log('exit', code))
    if (String(line).trim() === 'exit') process.exit(7)
    // Nothing of the app keeps the process alive from here on.
    process.exitCode = 7
    process.stdin.destroy()
    server.close()
    server.closeAllConnections()
  })
}
