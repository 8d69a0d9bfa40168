import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Bodies } from '../body/bodies.ts'
import type { BodySource } from '../body/body-source.ts'
import type { Lane, TurnQueue } from '../body/turn-queue.ts'
import { BOUNDS } from '../bounds.ts'
import type { Exposition } from '../collected.ts'
import { drop } from '../connections/drop.ts'
import { negotiate } from './accept.ts'
import type { RequestTarget } from './request-target.ts'
import type { ScrapeRecords } from './scrape-record.ts'
import type { Scrape, ScrapesInFlight } from './scrapes-in-flight.ts'
import { send } from './send.ts'

/** What the responses to scrapes have in common. */
export interface ScrapeResources {
  /** Collects the metrics, once for scrapes that arrive together. */
  readonly exposition: Exposition
  readonly inFlight: ScrapesInFlight
  readonly bodies: Bodies
  readonly turns: TurnQueue
  /** Gets a record of each scrape. */
  readonly records: ScrapeRecords
}

/**
 * Collects the metrics, and sends those that the target names by `name[]`, or all. The status is 503 when too many scrapes
 * are in flight, or collecting takes longer than the scraper waits.
 */
export async function respondToScrape(
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: RequestTarget,
  { exposition, inFlight, bodies, turns, records }: ScrapeResources,
): Promise<void> {
  const timeMs = Date.now()
  const startMs = performance.now()
  const { format, contentType } = negotiate(request.headers.accept)
  const isCompressed = acceptsGzip(request.headers['accept-encoding'])
  const names = query.has('name[]') ? new Set(query.getAll('name[]')) : undefined
  let bytes = 0
  const { remoteAddress: client = '' } = request.socket
  const scrape: Scrape = { client, sentMs: undefined, abort: () => drop(request.socket) }
  response.once('close', () => {
    inFlight.end(scrape)
    const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED
    const userAgent = request.headers['user-agent'] ?? ''
    records.add({ timeMs, client, userAgent, path, format, status, durationMs: performance.now() - startMs, bytes })
  })

  const collecting = (async () => ((await inFlight.begin(scrape)) ? exposition() : REFUSED))()
  const collected = await settledWithin(timeLimitOf(request), collecting)
  if (response.destroyed) return
  if (collected === REFUSED) return sendUnavailable(response, 'Too many scrapes are in flight.\n')
  if (collected === undefined) return sendUnavailable(response, 'The metrics could not be collected in time.\n')

  response.setHeader('content-type', contentType)
  response.setHeader('vary', 'accept, accept-encoding')
  if (isCompressed) response.setHeader('content-encoding', 'gzip')
  if (request.method === 'HEAD') return void response.end()
  const reader = bodies.read(collected, { format, names, isCompressed })
  response.once('close', () => reader.close())
  await sendBody(reader, response, turns.createLane(), (size, isTaken) => {
    if (!isTaken) bytes += size
    scrape.sentMs = isTaken ? undefined : performance.now()
  })
}

const REFUSED = Symbol('refused')

/** nginx's status for a client that closed its connection before it had the response. */
const CLIENT_CLOSED = 499

function sendUnavailable(response: ServerResponse, reason: string): void {
  response.setHeader('retry-after', '1')
  send(response, 503, reason)
}

/**
 * Sends a body at the client's pace: only the chunk that is being sent and the one after it are in memory. A body of one
 * chunk has a `content-length`, because Node.js then gets it with the end.
 *
 * @param onChunk called with the size of each chunk when it is sent, and again when the system has taken it for the client
 */
async function sendBody(
  reader: BodySource,
  response: ServerResponse,
  lane: Lane,
  onChunk: (size: number, isTaken: boolean) => void,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    response.once('close', resolve)
  })
  let chunk = await reader.next()
  while (chunk !== undefined && !response.destroyed) {
    const current = chunk
    chunk = await reader.next()
    if (response.destroyed) return
    if (chunk === undefined) {
      onChunk(current.length, false)
      return void response.end(current, () => reader.release(current))
    }
    const taken = lane.run(() => {
      onChunk(current.length, false)
      // The callback comes when the system has taken all of it.
      return new Promise<void>((resolve) => response.write(current, () => resolve()))
    })
    await Promise.race([taken, closed])
    if (response.destroyed) return
    onChunk(current.length, true)
    reader.release(current)
  }
  response.end()
}

/** How long before the scraper gives up a response has to be sent, so that it arrives in time. */
const MARGIN_MS = 500

/** Returns how long collecting may take for this scrape. Prometheus sends how long it waits. */
function timeLimitOf({ headers }: IncomingMessage): number {
  const timeoutMs = Number(headers['x-prometheus-scrape-timeout-seconds']) * 1000
  if (!(timeoutMs > 0 && timeoutMs < BOUNDS.collectionMs)) return BOUNDS.collectionMs - MARGIN_MS
  // A short timeout must leave most of its time to the collection.
  return timeoutMs - Math.min(MARGIN_MS, timeoutMs / 10)
}

/** Resolves as the promise does, or with undefined when that takes too long. */
function settledWithin<Result>(limitMs: number, promise: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), limitMs).unref()
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Whether the header lists gzip with a quality other than 0 (RFC 9110, 12.5.3). */
const acceptsGzip = (header: unknown) =>
  typeof header === 'string' && /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[^,]*)?(?:,|$)/i.test(header)
