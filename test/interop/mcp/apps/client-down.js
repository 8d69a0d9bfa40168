// A client of version 1 or 2 of the official SDK whose server goes away: node client-down.js URL…
// It connects to the first URL, writes `connected`, and on a line of stdin uses that server again; to the other URLs it
// fails to connect. Then it writes what it sent, by method. FETCH selects undici's fetch or node:http.
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { Readable } from 'node:stream'
import * as undici from 'undici'
import { sdk, version } from './sdks.js'

const { FETCH = 'fetch', MODE } = process.env
const isV2 = version === '2'
const { Client } = await sdk(isV2 ? 'client' : 'client/index.js')
const { StreamableHTTPClientTransport } = await sdk(isV2 ? 'client' : 'client/streamableHttp.js')
const { SSEClientTransport } = await sdk(isV2 ? 'client' : 'client/sse.js')

const overHttp = async (url, { method, headers, body, signal }) => {
  const { request } = String(url).startsWith('https:') ? https : http
  const outgoing = request(url, { method, headers: Object.fromEntries(new Headers(headers)), signal })
  outgoing.end(body)
  const [incoming] = await once(outgoing, 'response')
  const isEmpty = incoming.statusCode === 202 || incoming.statusCode === 204
  return new Response(isEmpty ? null : Readable.toWeb(incoming), {
    status: incoming.statusCode,
    headers: new Headers(incoming.headers),
  })
}
const send = { fetch, undici: undici.fetch, http: overHttp }[FETCH]

const sent = {}
function countingFetch(url, init) {
  if (typeof init?.body === 'string') {
    const { method } = JSON.parse(init.body)
    sent[method] = (sent[method] ?? 0) + 1
  }
  return send(url, init)
}

function create(url) {
  const options = MODE ? { versionNegotiation: { mode: MODE } } : {}
  const Transport = url.endsWith('/sse') ? SSEClientTransport : StreamableHTTPClientTransport
  const client = new Client({ name: 'client', version: '1.0.0' }, options)
  return { client, transport: new Transport(new URL(url), { fetch: countingFetch }) }
}

const [url, ...others] = process.argv.slice(2)
console.log('ready')
const { client, transport } = create(url)
await client.connect(transport)
await client.callTool({ name: 'echo' })
console.log('connected')
await once(process.stdin, 'data')
const tolerate = (call) => call.catch(() => {})
await tolerate(client.callTool({ name: 'echo' }))
await Promise.all([1, 2].map(() => tolerate(client.callTool({ name: 'echo' }))))
await tolerate(client.listTools())
for (const other of others) {
  const { client, transport } = create(other)
  await tolerate(client.connect(transport))
  await tolerate(client.close())
}
console.log(`sent ${JSON.stringify(sent)}`)
await once(process.stdin, 'data')
process.exit()
