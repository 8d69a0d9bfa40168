'use strict'
// An app with a fake clock, as node:test's mock timers, sinon and jest make it: time stands still, and a timer that is set
// is written down instead. The app responds after 50 real milliseconds.
const http = require('node:http')

const { setTimeout: realSetTimeout } = globalThis
const noted = []
const note = (name) => () => {
  noted.push(name)
  return { ref() {}, unref() {}, hasRef: () => false, [Symbol.toPrimitive]: () => 1 }
}
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) globalThis[name] = note(name)
for (const name of ['clearTimeout', 'clearInterval', 'clearImmediate']) globalThis[name] = () => noted.push(name)
performance.now = () => 0
Date.now = () => 0

const server = http.createServer((request, response) => {
  if (request.url === '/noted') response.end(JSON.stringify(noted))
  else realSetTimeout(() => response.end('late'), 50)
})
server.listen(0, '127.0.0.1', () => console.log('ready', server.address().port))
