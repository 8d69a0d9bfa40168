/**
 * An ordinary service: some routes, an MCP server and an agent that uses it. It contains no metrics code.
 *
 *     PORT     the port to listen on, 3000 by default
 *     MCP_URL  the MCP server that the agent uses; by default the one at /mcp
 */
import express from 'express'
import { agentRoutes } from './agent.js'
import { weatherRoutes } from './weather-server.js'

/** @type {Map<string, { id: string, name: string }>} */
const users = new Map(['Ada', 'Grace', 'Radia'].map((name, i) => [String(i + 1), { id: String(i + 1), name }]))

const app = express()

app.get('/health', (_req, res) => void res.type('text/plain').send('ok\n'))

app.get('/users/:id', (req, res) => {
  const user = users.get(req.params.id)
  if (user) res.json(user)
  else res.status(404).json({ error: 'no such user' })
})

app.put('/users/:id', express.json(), (req, res) => {
  const user = { id: String(req.params.id), name: String(req.body.name) }
  if (!users.has(user.id)) res.status(201)
  users.set(user.id, user)
  res.json(user)
})

app.get('/reports/:year', async (req, res) => {
  res.type('text/csv').write('month,trips\n')
  for (let month = 1; month <= 12; month++) {
    await new Promise((resolve) => setImmediate(resolve))
    res.write(`${req.params.year}-${String(month).padStart(2, '0')},${month * 7}\n`)
  }
  res.end()
})

/** The stream stays open until the client leaves. */
app.get('/events', (_req, res) => {
  res.type('text/event-stream').write('event: hello\ndata: {}\n\n')
  const heartbeat = setInterval(() => res.write(': still here\n\n'), 15_000)
  res.on('close', () => clearInterval(heartbeat))
})

app.get('/error', () => {
  throw new Error('this route always fails')
})

app.use(weatherRoutes())
app.use(
  '/agent',
  agentRoutes(() => process.env.MCP_URL ?? `http://localhost:${port()}/mcp`),
)

/** @type {express.ErrorRequestHandler} */
const onError = (error, _req, res, next) => {
  if (res.headersSent) return next(error)
  res.status(error.status ?? 500).json({ error: error.message })
}
app.use(onError)

const server = app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error === undefined) return console.log(`listening on http://localhost:${port()}`)
  console.error(`cannot listen on port ${process.env.PORT ?? 3000}: ${error.message}; set PORT to a free one`)
  process.exitCode = 1
})

const port = () => /** @type {import('node:net').AddressInfo} */ (server.address()).port
