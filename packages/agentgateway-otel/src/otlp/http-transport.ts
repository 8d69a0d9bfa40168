import http from 'node:http'
import https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { OtlpConfiguration } from '../configuration/configuration.ts'
import type { Attempt, OtlpTransport } from './transport.ts'

/** A longer response fails the export. */
const MAX_RESPONSE_BYTES = 65_536

/**
 * Node's own functions, as they are when this module is loaded. Code that wraps them later to observe the app's
 * requests does not see the bridge's.
 */
const REQUEST = { http: http.request, https: https.request }

const compress = promisify(gzip)

/**
 * Creates a transport that sends exports by HTTP. Its sockets are unreferenced while they wait for a response, as
 * Node's agents leave them between requests, so that they do not keep the process alive.
 */
export function createHttpTransport({ protocol, url, headers, compression }: OtlpConfiguration): OtlpTransport {
  const isGzipped = compression === 'gzip'
  const agent = new (url.startsWith('https:') ? https : http).Agent({ keepAlive: true })
  const allHeaders = {
    ...headers,
    'Content-Type': protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    ...(isGzipped && { 'Content-Encoding': 'gzip' }),
  }
  return {
    async send(message, timeoutMs) {
      return post(url, { headers: allHeaders, agent }, isGzipped ? await compress(message) : message, timeoutMs)
    },
    close() {
      agent.destroy()
    },
  }
}

function post(url: string, options: http.RequestOptions, body: Uint8Array, timeoutMillis: number): Promise<Attempt> {
  const request = url.startsWith('https:') ? REQUEST.https : REQUEST.http
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ outcome: 'refused', error })
    const outgoing = request(url, { ...options, method: 'POST' }, (response) => {
      const { statusCode = 0 } = response
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= MAX_RESPONSE_BYTES) chunks.push(chunk)
        else response.destroy(new Error(`the collector's response has more than ${MAX_RESPONSE_BYTES} bytes`))
      })
      response.on('error', fail)
      response.on('end', () => {
        if (statusCode >= 200 && statusCode < 300) resolve({ outcome: 'accepted', body: Buffer.concat(chunks) })
        else fail(new Error(`the collector responded with ${statusCode}`))
      })
    })
    outgoing.on('socket', (socket) => socket.unref())
    outgoing.on('error', fail)
    outgoing.setTimeout(timeoutMillis, () => outgoing.destroy(new Error(`no response within ${timeoutMillis} ms`)))
    outgoing.end(body)
  })
}
