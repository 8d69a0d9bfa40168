import http from 'node:http'
import https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base'
import type { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http'

type Options = ReturnType<typeof convertLegacyHttpOptions>

/** A longer response fails the export. */
const MAX_RESPONSE_BYTES = 65_536

/**
 * Node's own functions, as they are when this module is loaded. Code that wraps them later to observe the app's
 * requests does not see the bridge's.
 */
const REQUEST = { http: http.request, https: https.request }

const compress = promisify(gzip)

/**
 * Creates a transport that sends exports by HTTP. It does not retry: totals are cumulative, so the next export contains
 * what a failed one would have sent. Its sockets are unreferenced while they wait for a response, as Node's agents
 * leave them between requests, so that they do not keep the process alive.
 */
export function createOtlpTransport(options: Options): IExporterTransport {
  return {
    async send(data, timeoutMillis) {
      const gzipped = options.compression === 'gzip'
      const headers = { ...(await options.headers()), ...(gzipped && { 'Content-Encoding': 'gzip' }) }
      const agent = await options.agentFactory(new URL(options.url).protocol)
      return post(options.url, { headers, agent }, gzipped ? await compress(data) : data, timeoutMillis)
    },
    shutdown() {},
  }
}

function post(
  url: string,
  options: http.RequestOptions,
  body: Uint8Array,
  timeoutMillis: number,
): Promise<ExportResponse> {
  const request = url.startsWith('https:') ? REQUEST.https : REQUEST.http
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ status: 'failure', error })
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
        if (statusCode >= 200 && statusCode < 300) resolve({ status: 'success', data: Buffer.concat(chunks) })
        else fail(new Error(`the collector responded with ${statusCode}`))
      })
    })
    outgoing.on('socket', (socket) => socket.unref())
    outgoing.on('error', fail)
    outgoing.setTimeout(timeoutMillis, () => outgoing.destroy(new Error(`no response within ${timeoutMillis} ms`)))
    outgoing.end(body)
  })
}
