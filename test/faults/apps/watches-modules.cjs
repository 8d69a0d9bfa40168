'use strict'
// An app that watches which modules are loaded, by every means that Node.js has, while it does what makes the preload load
// the rest of itself: an encoded body arrives, a child starts and ends, the metrics are scraped.
const { fork } = require('node:child_process')
const diagnostics = require('node:diagnostics_channel')
const http = require('node:http')
const { registerHooks } = require('node:module')
const zlib = require('node:zlib')

const [role] = process.argv.slice(2)
const seen = []
const known = new Set(Object.keys(require.cache))
const note = (how) => (message) => seen.push(`${how} ${message.id ?? message.url ?? ''}`)
diagnostics.subscribe('tracing:module.require:start', note('require'))
diagnostics.subscribe('tracing:module.import:start', note('import'))
registerHooks({
  resolve(specifier, context, next) {
    seen.push(`resolve ${specifier}`)
    return next(specifier, context)
  },
})
const listed = () => [...seen, ...Object.keys(require.cache).filter((file) => !known.has(file))]

const reply = { model: 'm', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }
const server = http.createServer((request, response) => {
  if (request.url === '/seen') return response.end(JSON.stringify(listed()))
  if (request.url === '/fork') return fork(__filename, ['child']).on('message', (list) => response.end(list))
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  response.end(zlib.gzipSync(JSON.stringify(reply)))
})
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/v1/chat/completions`
  const body = JSON.stringify({ model: 'm', messages: [] })
  await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json()
  if (role === undefined) return console.log('ready', server.address().port)
  process.send(JSON.stringify(listed()))
  server.close()
  server.closeAllConnections()
})
