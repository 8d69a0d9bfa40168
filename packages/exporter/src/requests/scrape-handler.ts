import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Access } from '../access/access.ts'
import type { Page } from '../page/page.ts'
import { parseRequestTarget } from './request-target.ts'
import { respondToScrape, type ScrapeResources } from './scrape-response.ts'
import { send } from './send.ts'

export interface ScrapeHandlerOptions extends ScrapeResources {
  /** Receives what went wrong. No response contains it. */
  readonly onError: (error: unknown) => void
  /** Decides who may have what follows the liveness probe. */
  readonly access: Access
  /** Default: there is none. */
  readonly page?: Page | undefined
}

/** The paths of the metrics: Prometheus' usual one, and that of the agentgateway proxy. */
const METRICS_PATHS: ReadonlySet<string> = new Set(['/metrics', '/stats/prometheus'])

/** Creates the request listener of the scrape endpoint. It never throws. */
export function createScrapeHandler(options: ScrapeHandlerOptions) {
  const { onError } = options
  return (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response, options).catch((error: unknown) => {
      onError(error)
      if (response.headersSent || response.destroyed) response.destroy()
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
  const { method, headers, url = '' } = request
  for (const [name, value] of Object.entries(access.headers)) response.setHeader(name, value)
  const target = parseRequestTarget(url)
  const isMalformed = target === undefined || (headers.host === undefined && request.httpVersion === '1.1')
  // A body is never read, so nothing can come after it.
  if (isMalformed || hasBody(request)) response.setHeader('connection', 'close')
  if (isMalformed) return send(response, 400, 'The request is malformed.\n')
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return send(response, 405, 'Only GET and HEAD are supported here.\n')
  }
  if (headers.expect !== undefined) return send(response, 417, 'No expectation is supported here.\n')
  if (hasBody(request)) return send(response, 413, 'A request has no body here.\n')

  // This comes before the access check, because liveness probes have no credentials, and it reveals only that the process
  // responds.
  if (target.path === '/healthz') return send(response, 200, 'ok\n')

  const refusal = await access.check(request)
  if (response.destroyed) return
  if (refusal !== undefined) {
    for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value)
    return send(response, refusal.status, refusal.body)
  }
  if (METRICS_PATHS.has(target.path)) return respondToScrape(request, response, target, options)
  if (page?.respond(target.path, request, response)) return
  send(response, 404, 'Nothing is here. The metrics are at /metrics\n')
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
