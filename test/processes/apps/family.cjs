const http = require('node:http')
const { fork } = require('node:child_process')
const { Worker, isMainThread, parentPort } = require('node:worker_threads')

/**
 * An app with a thread and a child, each of which serves. On `end` the thread and the child close their servers and end; on
 * `close` the app closes its own server, after which it has nothing left to do.
 */
const isChild = process.argv[2] === 'child'
const server = http.createServer((_, response) => response.end(String(process.pid)))

if (!isMainThread || isChild) {
  const say = isMainThread ? (message) => process.send(message) : (message) => parentPort.postMessage(message)
  server.listen(0, '127.0.0.1', () => say(server.address().port))
  const end = () => {
    server.close(() => (isMainThread ? process.disconnect() : parentPort.close()))
    server.closeAllConnections()
  }
  if (isMainThread) process.once('message', end)
  else parentPort.once('message', end)
} else {
  const thread = new Worker(__filename)
  const child = fork(__filename, ['child'])
  const ports = [
    new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port))),
    new Promise((resolve) => thread.once('message', resolve)),
    new Promise((resolve) => child.once('message', resolve)),
  ]
  Promise.all(ports).then((all) => console.log(`ready ${all.join(' ')}`))
  const ended = [
    new Promise((resolve) => thread.once('exit', resolve)),
    new Promise((resolve) => child.once('exit', resolve)),
  ]
  Promise.all(ended).then((codes) => console.log(`ended ${codes.join(' ')}`))
  process.stdin.on('data', (text) => {
    if (String(text).includes('close')) {
      server.close()
      server.closeAllConnections()
      process.stdin.unref()
    } else {
      thread.postMessage('end')
      child.send('end')
    }
  })
}
