import http from 'node:http'
import https from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base'
import type { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http'

type Options = ReturnType<typeof convertLegacyHttpOptions>

/** More than this of an answer is not read. */
const MAX_ANSWER_BYTES = 65_536

/**
 * Node's own functions, as they are when this module is loaded: who wraps them later to watch what the app asks for does
 * not see these requests.
 */
const REQUEST = { http: http.request, https: https.request }

const compress = promisify(gzip)

/**
 * Sends exports by HTTP. It does not retry: totals are cumulative, so the next export carries what this one would have.
 * Its sockets are unreferenced while they wait for an answer, as Node's agents leave them between requests.
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
        if (size <= MAX_ANSWER_BYTES) chunks.push(chunk)
        else response.destroy(new Error(`the collector's answer has more than ${MAX_ANSWER_BYTES} bytes`))
      })
      response.on('error', fail)
      response.on('end', () => {
        if (statusCode >= 200 && statusCode < 300) resolve({ status: 'success', data: Buffer.concat(chunks) })
        else fail(new Error(`the collector answered ${statusCode}`))
      })
    })
    outgoing.on('socket', (socket) => socket.unref())
    outgoing.on('error', fail)
    outgoing.setTimeout(timeoutMillis, () => outgoing.destroy(new Error(`no answer within ${timeoutMillis} ms`)))
    outgoing.end(body)
  })
}
