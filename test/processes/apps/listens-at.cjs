const http = require('node:http')

/** Listens on PORT, reports to PM2 that it is ready, and closes its server and ends when PM2 sends SIGINT. */
const server = http.createServer((_, response) => response.end(String(process.pid)))
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
process.on('SIGINT', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
