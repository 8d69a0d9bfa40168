// Keeps every response open. The path decides what has been sent by then: nothing (`/pending`), an event (`/events`), or the
// event with which an MCP server begins a stream of its older transport, HTTP with SSE (`/sse`).
const http = require('node:http')

const EVENTS = {
  '/events': () => 'data: {"price":1}\n\n',
  '/sse': (serial) => `event: endpoint\ndata: /messages?sessionId=${String(serial).padStart(32, '0')}\n\n`,
}

let open = 0
const server = http.createServer((request, response) => {
  open++
  const event = EVENTS[request.url]
  if (event === undefined) return
  response.setHeader('Content-Type', 'text/event-stream')
  response.write(event(open))
})

/** Returns the heap that is in use after all garbage has been collected. */
function heapBytes() {
  for (let i = 0; i < 4; i++) gc()
  return process.memoryUsage().heapUsed
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send({ open, heapBytes: heapBytes() }))
process.on('disconnect', () => process.exit())
