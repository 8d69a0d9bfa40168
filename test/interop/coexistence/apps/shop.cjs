// The routes of both apps, with the Express and http that either module system has loaded. Responses show what a client
// cannot see.
const { setTimeout: sleep } = require('node:timers/promises')

exports.serve = (express, http) => {
  const app = express()
  app.get('/items/:id', async (request, response) => {
    await sleep(1)
    response.json({ id: request.params.id })
  })
  // Calls the URL in BACKEND by fetch and by http.request, and responds with the headers that arrived there.
  app.get('/call/:id', async (_request, response) => {
    const fetched = await fetch(process.env.BACKEND, { headers: { connection: 'close' } })
    const requested = await new Promise((resolve, reject) => {
      http.get(process.env.BACKEND, { agent: false }, (incoming) =>
        incoming.setEncoding('utf8').toArray().then(resolve, reject),
      )
    })
    response.json({ fetch: await fetched.json(), http: JSON.parse(requested.join('')) })
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
  process.stdin.once('data', () => {
    process.on('exit', (code) => console.log('exit', code))
    process.exit(7)
  })
}
