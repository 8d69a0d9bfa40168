// Writes which messages this runtime publishes on Node's channels while it serves and sends each kind of request.
import { subscribe } from 'node:diagnostics_channel'
import http, { createServer } from 'node:http'

const CHANNELS = {
  'http.server.request.start': 'served',
  'net.server.socket': 'accepted',
  'http.client.request.start': 'sent by node:http',
  'undici:request:create': 'sent by fetch',
}
const published = new Set()
for (const [channel, what] of Object.entries(CHANNELS)) subscribe(channel, () => published.add(what))

const get = (url) =>
  new Promise((resolve, reject) =>
    http.get(url, (response) => response.resume().on('end', resolve)).on('error', reject),
  )

async function report(what, port) {
  const url = `http://127.0.0.1:${port}/`
  await (await fetch(url)).text()
  await get(url)
  console.log(`${what}: ${[...published].sort().join(', ')}`)
  published.clear()
}

const server = createServer((_request, response) => response.end())
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
await report('node:http', server.address().port)

const options = { hostname: '127.0.0.1', port: 0 }
const respond = () => new Response('')
const own = globalThis.Bun
  ? Bun.serve({ ...options, fetch: respond }).port
  : globalThis.Deno
    ? Deno.serve({ ...options, onListen() {} }, respond).addr.port
    : undefined
if (own !== undefined) await report('its own server', own)
process.exit()
