const http = require('node:http')
const { Worker, isMainThread, parentPort } = require('node:worker_threads')

/** An app that is to have secrets in its command line. Its main thread and a worker thread serve at a port each. */
const server = http.createServer((_, response) => response.end('ok'))
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address()
  if (isMainThread) new Worker(__filename).once('message', (other) => console.log(`ready ${port} ${other}`))
  else parentPort.postMessage(port)
})
