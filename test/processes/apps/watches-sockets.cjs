'use strict'
// An app that watches everything it can of Node's sockets, servers, files, timers and exits, and uses none of it, so that
// what it sees is not its own. It writes what it saw when the file that its first argument names exists, and ends.
const diagnostics = require('node:diagnostics_channel')
const dns = require('node:dns')
const fs = require('node:fs')
const http = require('node:http')
const net = require('node:net')

const { existsSync, writeSync } = fs
const { setInterval: realSetInterval } = globalThis
const seen = new Set()

function watch(name, object) {
  for (const key of Object.getOwnPropertyNames(object)) {
    const descriptor = Object.getOwnPropertyDescriptor(object, key)
    // Node's own `ServerResponse` calls this function on the prototype.
    if (key === 'constructor' || (name === 'http.OutgoingMessage' && key === '_finish')) continue
    if (!descriptor.writable || typeof descriptor.value !== 'function') continue
    const original = descriptor.value
    const spy = function (...args) {
      // Node's own stdio is not of interest.
      if (![0, 1, 2].includes(this?.fd) && !isNodes(new Error().stack)) seen.add(`${name}.${key}`)
      return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args)
    }
    Object.defineProperties(spy, Object.getOwnPropertyDescriptors(original))
    object[key] = spy
  }
}
// The module loader reads the app's own files.
const isNodes = (stack) => /node:internal\/modules/.test(stack)

for (const [name, object] of Object.entries({
  'net.Socket': net.Socket.prototype,
  'net.Server': net.Server.prototype,
  'http.Server': http.Server.prototype,
  'http.ServerResponse': http.ServerResponse.prototype,
  'http.OutgoingMessage': http.OutgoingMessage.prototype,
  dns,
  fs,
  net,
})) {
  watch(name, object)
}
for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) {
  globalThis[name] = () => seen.add(name)
}
// `net.client.socket` would publish a connection to another leader, in versions where `connect` itself publishes.
for (const channel of ['net.client.socket', 'net.server.socket', 'tracing:net.server.listen:asyncStart']) {
  diagnostics.subscribe(channel, () => seen.add(channel))
}

const timer = realSetInterval(() => {
  if (!existsSync(process.argv[2])) return
  clearInterval(timer)
  for (const name of ['exit', 'beforeExit', 'SIGTERM']) if (process.listenerCount(name) > 0) seen.add(`on ${name}`)
  const { name, length } = process.emit
  if (name !== 'emit' || length !== 1 || Object.hasOwn(process, 'emit')) seen.add('process.emit')
  const keys = []
  for (const key in process) keys.push(key)
  if (!keys.includes('emit')) seen.add('process.emit, which is not enumerable')
  writeSync(1, `seen ${JSON.stringify([...seen])}\n`)
}, 20)
writeSync(1, 'ready\n')
