// Makes calls without an SDK, by fetch, undici, node:http, node:https and node:http2, also through proxies.
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import { HttpsProxyAgent } from 'https-proxy-agent'
import * as undici from 'undici'
import { drive } from '../drive/drive.js'

const { PROVIDER, PROVIDER_HTTP2, PROVIDER_TLS, PROXY } = process.env
const tls = { rejectUnauthorized: false }
const headers = { 'content-type': 'application/json' }

/** Each function sends a body and returns the response as `{ status, body }`; the body is an iterable that can be abandoned. */
const viaFetch = (fetch, dispatcher) => async (url, body, signal) => {
  const response = await fetch(url, { method: 'POST', headers, body, signal, ...(dispatcher && { dispatcher }) })
  return { status: response.status, body: response.body }
}

async function viaUndiciRequest(url, body, signal) {
  const { statusCode, body: responseBody } = await undici.request(url, { method: 'POST', headers, body, signal })
  return { status: statusCode, body: responseBody }
}

const viaHttp = (module, options) => (url, body, signal) =>
  new Promise((resolve, reject) => {
    const request = module.request(url, { method: 'POST', headers, signal, ...options })
    request.on('error', reject)
    request.on('response', (response) => resolve({ status: response.statusCode, body: response }))
    // The request's head is sent with the second part, and the parts split a character.
    const bytes = Buffer.from(body)
    request.write(bytes.subarray(0, 30))
    request.end(bytes.subarray(30))
  })

const viaHttp2 = (url, body, signal) =>
  new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(url)
    const session = http2.connect(origin, tls)
    session.on('error', reject)
    const path = pathname + search
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers }, { signal })
    stream.on('error', reject)
    stream.on('close', () => session.close())
    stream.on('response', ({ ':status': status }) => resolve({ status, body: stream }))
    stream.end(body)
  })

/** Models are named after the transport; through a proxy, the hosts are those of real providers. */
const TRANSPORTS = {
  fetch: [viaFetch(fetch), PROVIDER],
  'fetch-undici': [viaFetch(undici.fetch), PROVIDER],
  'fetch-undici-http2': [viaFetch(undici.fetch, new undici.Agent({ allowH2: true, connect: tls })), PROVIDER_TLS],
  'fetch-proxy': [viaFetch(undici.fetch, new undici.ProxyAgent(PROXY)), 'http://api.openai.com'],
  'fetch-tunnel': [
    viaFetch(undici.fetch, new undici.ProxyAgent({ uri: PROXY, requestTls: tls })),
    'https://api.deepseek.com',
  ],
  'request-undici': [viaUndiciRequest, PROVIDER],
  http: [viaHttp(http), PROVIDER],
  https: [viaHttp(https, tls), PROVIDER_TLS],
  'https-tunnel': [viaHttp(https, { agent: new HttpsProxyAgent(PROXY), ...tls }), 'https://api.groq.com'],
  http2: [viaHttp2, PROVIDER_HTTP2],
  'http2-tls': [viaHttp2, PROVIDER_TLS],
}

const messages = [{ role: 'user', content: 'Grüße an "model": 漢字 🎈'.repeat(1000) }]

const refusingFor = (name, url) => (name === 'https' ? url.replace('http:', 'https:') : url)

function operation([name, [transport, host]]) {
  const post = ({ url, model, signal }, options = {}) =>
    transport(
      `${url === PROVIDER ? host : refusingFor(name, url)}/v1/chat/completions`,
      JSON.stringify({ messages, model: `${name}.${model}`, ...options }),
      signal,
    )
  return {
    // No transport retries. A proxy reports a refused connection in its own way.
    not: [
      ...['refusal 429, with a retry', 'success at the second attempt'],
      ...['refusal 429 of a stream, with a retry', 'stream at the second attempt'],
      ...(/proxy|tunnel/.test(name) ? ['refused connection', 'refused connection of a stream'] : []),
    ],
    async whole(call) {
      const { status, body } = await post(call)
      return { status, lines: await linesOf(eachLine(body)) }
    },
    async *stream(call) {
      const { status, body } = await post(call, { stream: true, stream_options: { include_usage: true } })
      yield { status }
      yield* eachLine(body)
    },
  }
}

const operations = Object.fromEntries(Object.entries(TRANSPORTS).map((entry) => [entry[0], operation(entry)]))

/** Codings and a line ending that not every client decodes: the bytes reach the app as they are. */
const more = Object.fromEntries(
  Object.entries(operations).flatMap(([name, { stream }]) =>
    ['respond-br', 'respond-zstd', 'respond-deflate', 'respond-cr'].map((model) => [
      `${name}: ${model}`,
      (call) => linesOf(stream({ ...call, model })),
    ]),
  ),
)

/** Requests of other products whose paths look like those of an API. */
const others = {
  '/music/api/v1/generate': { prompt: 'a calm piano', instrumental: true, model: 'respond' },
  '/backend/api/chat': { id: 'c', messages: [], model: 'respond' },
  '/forms/12/responses': { brand: 'Volvo', model: 'respond', year: 2004 },
}

drive(operations, {
  ...more,
  'requests to other products': async ({ url }, see) => {
    for (const [path, body] of Object.entries(others)) {
      see(await (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).json())
    }
  },
  'a stream that is called something else': async ({ url }, see) => {
    const [transport] = TRANSPORTS.http
    for (const model of ['respond-json', 'respond-plain', 'respond-octets', 'respond-typeless']) {
      const body = JSON.stringify({ model, messages, stream: true, stream_options: { include_usage: true } })
      see(await linesOf(eachLine((await transport(`${url}/v1/chat/completions`, body)).body)))
    }
  },
  "LM Studio's own API": async ({ url }, see) => {
    for (const stream of [false, true]) {
      const body = JSON.stringify({ model: 'respond', input: 'Grüße', stream })
      const response = await fetch(`${url}/lmstudio/api/v1/chat`, { method: 'POST', headers, body })
      see(await response.text())
    }
  },
  'a JSON array of Gemini': async ({ url }, see) => {
    for (const model of ['respond', 'respond-bytes', 'fail']) {
      const body = JSON.stringify({ contents: [{ parts: [{ text: 'Grüße' }] }] })
      const response = await fetch(`${url}/v1beta/models/${model}:streamGenerateContent`, {
        method: 'POST',
        headers,
        body,
      })
      see(await response.json())
    }
  },
})

async function* eachLine(body) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()
    yield* lines
  }
  yield rest
}

async function linesOf(stream) {
  const lines = []
  for await (const line of stream) lines.push(line)
  return lines
}
