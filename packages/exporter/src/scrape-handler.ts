import type { IncomingMessage, ServerResponse } from 'node:http'
import { CONTENT_TYPES, formatOf } from './accept.ts'
import type { Access } from './access/access.ts'
import type { Exposition } from './collected.ts'

/** How long one client may take for one response. */
const RESPONSE_MS = 30_000

export interface ScrapeHandlerOptions {
  readonly exposition: Exposition
  /** Receives what made the exposition fail; the response does not contain it. */
  readonly onError: (error: unknown) => void
  readonly access: Access
}

/**
 * Creates the request listener of the scrape endpoint. It responds to GET and HEAD of `/metrics` with the exposition,
 * and with 500 where that fails.
 */
export function createScrapeHandler({ exposition, onError, access }: ScrapeHandlerOptions) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const deadline = setTimeout(() => response.destroy(), RESPONSE_MS).unref()
    response.on('close', () => clearTimeout(deadline))
    respond(request, response, exposition, access).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else send(response, 500, 'Collecting the metrics failed. The process says why on stderr.\n')
    })
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  exposition: Exposition,
  access: Access,
): Promise<void> {
  const refusal = await access.check(request)
  for (const [name, value] of Object.entries({ ...access.headers, ...refusal?.headers }))
    response.setHeader(name, value)
  if (refusal !== undefined) return send(response, refusal.status, refusal.body)
  const path = (request.url ?? '').replace(/\?.*$/s, '')
  if (path !== '/metrics') return send(response, 404, 'Nothing here. The metrics are at /metrics\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(response, 405, `${request.method} is not supported here. Use GET.\n`)
  }

  const { write } = await exposition()
  const format = formatOf(request.headers.accept)
  const text = Buffer.concat([...write({ format })])
  response.setHeader('vary', 'accept, accept-encoding')
  if (!acceptsGzip(request.headers['accept-encoding'])) return send(response, 200, text, CONTENT_TYPES[format])
  const body = await gzip(text)
  response.setHeader('content-encoding', 'gzip')
  send(response, 200, body, CONTENT_TYPES[format])
}

function gzip(text: Buffer): Promise<Buffer> {
  // It is loaded at the first scrape that wants it, not at every start.
  const zlib = process.getBuiltinModule('node:zlib')
  return new Promise((resolve, reject) => zlib.gzip(text, (error, zipped) => (error ? reject(error) : resolve(zipped))))
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  contentType = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Whether the header lists gzip with a quality other than 0 (RFC 9110, 12.5.3). */
const acceptsGzip = (header: unknown) =>
  typeof header === 'string' && /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i.test(header)
