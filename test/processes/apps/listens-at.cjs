const http = require('node:http')

let isEnding = false

/**
 * Listens on PORT, reports to PM2 that it is ready, and closes its server and ends when PM2 sends SIGINT. Responses close
 * their connections from then on: a client that is never idle would otherwise keep the server open until PM2 kills it.
 */
const server = http.createServer((_, response) => {
  if (isEnding) response.setHeader('connection', 'close')
  response.end(String(process.pid))
})
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
process.on('SIGINT', () => {
  isEnding = true
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
