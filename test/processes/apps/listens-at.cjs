const http = require('node:http')

/** Listens at PORT, tells PM2 that it is ready, and ends in an orderly way when PM2 interrupts it. */
const server = http.createServer((_, response) => response.end(String(process.pid)))
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.('ready'))
process.on('SIGINT', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
