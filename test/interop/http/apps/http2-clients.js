// Sends requests to an HTTP/2 server with the client of its first argument: node:http2, axios, got, undici or fetch.
import http2 from 'node:http2'
import { Readable } from 'node:stream'

console.log('ready')
const [name, origin, refusing] = process.argv.slice(2)

const sessions = new Map()
/** Returns the one session of an origin; the first requests are sent before it is connected. */
function sessionOf(url) {
  const known = sessions.get(url.origin)
  if (known && !known.closed && !known.destroyed) return known
  const session = http2.connect(url.origin).on('error', () => {})
  sessions.set(url.origin, session)
  return session
}

const viaNode = (url, { method, body, signal }) =>
  new Promise((resolve, reject) => {
    const stream = sessionOf(url).request({ ':path': url.pathname, ':method': method }, { signal })
    stream.on('error', reject).on('response', () => resolve(stream))
    stream.end(body)
  })

async function viaAxios(url, { body, ...options }) {
  const { default: axios } = await import('axios')
  return (await axios({ url: url.href, data: body, httpVersion: 2, responseType: 'stream', ...options })).data
}

const viaGot = ({ default: got }) => {
  const client = got.extend({ http2: true, retry: { limit: 0 } })
  return (url, { method, body, signal }) =>
    new Promise((resolve, reject) => {
      const stream = client.stream(url, { method, signal, ...(body && { body }) })
      stream.on('error', reject).on('response', () => resolve(stream))
    })
}

const viaRequest =
  ({ request, Agent }, dispatcher = new Agent({ allowH2: true })) =>
  async (url, options) =>
    (await request(url, { ...options, dispatcher })).body

const viaFetch =
  ({ fetch, Agent }, dispatcher = new Agent({ allowH2: true })) =>
  async (url, options) =>
    Readable.fromWeb((await fetch(url, { ...options, dispatcher })).body)

/**
 * Node exposes its own class of agents only through the dispatcher of its fetch, unless npm's undici has replaced that.
 */
async function undiciOfNode() {
  await fetch('data:,')
  const key = Object.getOwnPropertySymbols(globalThis).find(({ description }) => /globalDispatcher/.test(description))
  return { fetch, Agent: globalThis[key].constructor }
}

/** Each function sends a request, and resolves with the body of the response, a stream, when the response has begun. */
const CLIENTS = {
  'node:http2': () => viaNode,
  axios: () => viaAxios,
  got: async () => viaGot(await import('got')),
  'got 14': async () => viaGot(await import('got-14')),
  undici: async () => viaRequest(await import('undici')),
  'fetch of undici': async () => viaFetch(await import('undici')),
  'fetch of undici 7': async () => viaFetch(await import('undici-7')),
  'fetch of Node.js': async () => viaFetch(await undiciOfNode()),
}
const send = await CLIENTS[name]()

async function ask(path, { base = origin, method = 'GET', body, signal } = {}) {
  const response = await send(new URL(path, base), { method, body, signal })
  let bytes = 0
  for await (const chunk of response) bytes += chunk.length
  return bytes
}

/** Sends several requests at once, on a session that is not connected yet, and then on one that is. */
await Promise.all(['/a', '/b', '/c'].map((path) => ask(path)))
await ask('/second')
await ask('/third')
await Promise.all(['/d', '/e', '/f'].map((path) => ask(path)))
await ask('/posted', { method: 'POST', body: 'question' })
await Promise.all(['/large', '/large'].map((path) => ask(path, { method: 'POST', body: Buffer.alloc(200_000, 'x') })))

const controller = new AbortController()
const hanging = await send(new URL('/hang', origin), { method: 'GET', signal: controller.signal })
hanging.on('error', () => {})
await new Promise((resolve) => hanging.once('data', resolve))
controller.abort()
await new Promise((resolve) => (hanging.closed ? resolve() : hanging.once('close', resolve)))

await ask('/reset').catch(() => {})
await Promise.all(['/refused-1', '/refused-2'].map((path) => ask(path, { base: refusing }).catch(() => {})))

console.log('done')
// The client's sessions stay open until the test ends this process.
setInterval(() => {}, 1000)
