// Serves each string of ROUTES as a route, once, and has as many child processes and worker threads as CHILDREN says, which
// stay until the app ends.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { setRoute } from 'agentgateway-otel'

const routes = JSON.parse(process.env.ROUTES)
const server = createServer((request, response) => {
  setRoute(request, routes[Number(request.url.slice(1))])
  response.end('x')
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address()
for (const i of routes.keys()) await (await fetch(`http://127.0.0.1:${port}/${i}`)).text()

if (process.send !== undefined) {
  process.send('done')
  process.once('disconnect', () => process.exit())
} else if (!isMainThread) parentPort.postMessage('done')
else {
  for (let i = 0; i < Number(process.env.CHILDREN ?? 0); i++) {
    await once(fork(import.meta.filename, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }), 'message')
    await once(new Worker(new URL(import.meta.url)), 'message')
  }
  console.log('ready')
}
