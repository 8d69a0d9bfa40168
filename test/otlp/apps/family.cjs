const cluster = require('node:cluster')
const http = require('node:http')
const { Worker, isMainThread } = require('node:worker_threads')

/** An app with a worker thread whose script is in another package, and a worker of a cluster. Each serves one request. */
const server = http.createServer((_, response) => response.end())
if (isMainThread && cluster.isPrimary) {
  new Worker(process.argv[2], { env: process.env })
  cluster.fork()
}
server.listen(0, '127.0.0.1', () => {
  console.log('ready')
  http.get({ host: '127.0.0.1', port: server.address().port }, (response) => response.resume())
})
