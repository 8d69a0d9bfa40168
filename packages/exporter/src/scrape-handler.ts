import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Access } from './access/access.ts'
import type { Exposition } from './exposition.ts'
import type { Page } from './page/page.ts'
import { parseRequestTarget } from './request-target.ts'
import type { ScrapeRecords } from './scrape-record.ts'
import { respondToScrape } from './scrape-response.ts'
import { send } from './send.ts'

export interface ScrapeHandlerOptions {
  /** Collects the metrics, shared by the scrapes that arrive together. */
  readonly exposition: Exposition
  /** Receives what went wrong. No response contains it. */
  readonly onError: (error: unknown) => void
  /** Default: everybody may have everything. */
  readonly access?: Access | undefined
  /** Default: there is none. */
  readonly page?: Page | undefined
  /** Gets a record of each scrape. */
  readonly records: ScrapeRecords
}

/** The paths of the metrics: Prometheus' usual one, and that of the agentgateway proxy. */
const METRICS_PATHS: ReadonlySet<string> = new Set(['/metrics', '/stats/prometheus'])

/** How long one client may take for one response. */
const RESPONSE_MS = 30_000

/** Creates the request listener of the scrape endpoint. */
export function createScrapeHandler(options: ScrapeHandlerOptions) {
  const { onError } = options
  return (request: IncomingMessage, response: ServerResponse): void => {
    const deadline = setTimeout(() => response.destroy(), RESPONSE_MS).unref()
    response.on('close', () => clearTimeout(deadline))
    respond(request, response, options).catch((error: unknown) => {
      onError(error)
      if (response.headersSent) response.destroy()
      else send(response, 500, 'Collecting the metrics failed. The process says why on stderr.\n')
    })
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  options: ScrapeHandlerOptions,
): Promise<void> {
  const { access, page } = options
  for (const [name, value] of Object.entries(access?.headers ?? {})) response.setHeader(name, value)

  const target = parseRequestTarget(request.url ?? '')
  if (target === undefined) return send(response, 400, 'The request target is malformed.\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(response, 405, 'Only GET and HEAD are supported here.\n')
  }

  // This comes before the access check, because liveness probes have no credentials, and it reveals nothing but that the process
  // responds.
  if (target.path === '/healthz') return send(response, 200, 'ok\n')

  const refusal = await access?.check(request)
  if (refusal !== undefined) {
    for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
    return send(response, refusal.status, refusal.body)
  }
  if (METRICS_PATHS.has(target.path)) return respondToScrape(request, response, target, options)
  if (page?.respond(target.path, request, response)) return
  send(response, 404, 'Nothing is here. The metrics are at /metrics\n')
}
