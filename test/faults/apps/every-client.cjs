// Sends requests to its own servers by every client of Node.js, and lines to a child over pipes; writes what it receives,
// and ends.
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const http = require('node:http')
const http2 = require('node:http2')
const { text } = require('node:stream/consumers')
const { gzipSync } = require('node:zlib')

const echo = async (request, response) => {
  const body = await text(request)
  response.setHeader('content-encoding', 'gzip')
  response.end(gzipSync(`${request.method} ${body}`))
}

async function main() {
  const servers = [http.createServer(echo), http2.createServer(echo)]
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening')
  const [plain, second] = servers.map((server) => `http://127.0.0.1:${server.address().port}`)

  const fetched = await fetch(plain, { method: 'POST', body: 'by fetch' })
  console.log('fetch', fetched.status, await fetched.text())

  const request = http.request(plain, { method: 'POST' }).end('by http')
  const [response] = await once(request, 'response')
  console.log('http', response.statusCode, (await text(response.setEncoding('latin1'))).length)

  const session = http2.connect(second)
  const stream = session.request({ ':method': 'POST' })
  stream.end('by http2')
  const [head] = await once(stream, 'response')
  console.log('http2', head[':status'], (await text(stream.setEncoding('latin1'))).length)
  session.close()

  const child = spawn('cat')
  child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"initialize"}\n')
  child.stdin.end('{"jsonrpc":"2.0","id":2,"method":"ping"}\n')
  console.log('child', await text(child.stdout))

  await fetch(`${plain}/late`, { signal: AbortSignal.abort() }).catch((error) => console.log(error.name))
  await fetch('http://127.0.0.1:6').catch((error) => console.log(error.cause.code))
  servers[0].closeAllConnections()
  for (const server of servers) server.close()
  console.log('ready')
}
main()
