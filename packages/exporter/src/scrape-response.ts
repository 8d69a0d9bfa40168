import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exposition, Format } from './exposition.ts'
import type { RequestTarget } from './request-target.ts'
import type { ScrapeRecords } from './scrape-record.ts'

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Collects the metrics and sends those that the target names, or all. */
export async function respondToScrape(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: RequestTarget,
  { exposition, records }: { readonly exposition: Exposition; readonly records: ScrapeRecords },
): Promise<void> {
  const timeMs = Date.now()
  const startMs = performance.now()
  const format: Format = 'text'
  const names = query.has('name[]') ? new Set(query.getAll('name[]')) : undefined
  let bytes = 0
  response.on('close', () => {
    const status = response.writableFinished ? response.statusCode : 499
    const userAgent = request.headers['user-agent'] ?? ''
    const client = request.socket.remoteAddress ?? ''
    records.add({ timeMs, client, userAgent, path, format, status, durationMs: performance.now() - startMs, bytes })
  })

  const collected = await exposition()
  response.setHeader('content-type', CONTENT_TYPE)
  response.setHeader('vary', 'accept, accept-encoding')
  if (request.method === 'HEAD') return void response.end()
  for (const piece of collected.write({ format, names })) {
    bytes += piece.length
    if (!response.write(piece)) await once(response, 'drain')
  }
  response.end()
}

/** Whether the header lists gzip with a quality other than 0 (RFC 9110, 12.5.3). */
export const acceptsGzip = (header: unknown) =>
  typeof header === 'string' && /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i.test(header)
