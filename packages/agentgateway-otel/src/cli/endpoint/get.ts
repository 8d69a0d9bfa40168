import http from 'node:http'
import https from 'node:https'
import type { Response } from './response.ts'
import { ScrapeError } from './scrape-error.ts'
import type { Target } from './target.ts'

/** How long a response may take, to its end. The endpoint itself gives a collection ten seconds. */
const TIMEOUT_MS = 30_000

/** A page of a million lines has about as much. */
const MAX_BYTES = 256 * 1024 * 1024

export interface GetOptions {
  readonly accept: string
  /** Default: 30 s. */
  readonly timeoutMs?: number
  /** Default: 256 MiB. */
  readonly maxBytes?: number
  /** Gives up. */
  readonly signal?: AbortSignal
}

/**
 * Sends one request over a connection of its own. Redirects are not followed: the credentials are for this endpoint.
 *
 * @throws ScrapeError when there is no whole response
 */
export function get(target: Target, url: URL, options: GetOptions): Promise<Response> {
  const { accept, timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES, signal } = options
  const authorization = target.credentials?.authorization
  const startMs = performance.now()
  const timeout = AbortSignal.timeout(timeoutMs)
  const isTls = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      reject(timeout.aborted ? ScrapeError.timedOut(url, timeoutMs) : ScrapeError.ofConnection(error, url, target))
    }
    const onResponse = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length <= maxBytes) chunks.push(chunk)
        else response.destroy(ScrapeError.tooLarge(url, maxBytes))
      })
      response.on('error', fail)
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        const text = Buffer.concat(chunks).toString()
        resolve({ status, headers, text, startMs, tookMs: performance.now() - startMs })
      })
    }
    const request = (isTls ? https : http).get(
      url,
      {
        agent: false,
        headers: { accept, 'user-agent': 'agentgateway-otel', ...(authorization !== undefined && { authorization }) },
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        ...(isTls && target.tls),
      },
      onResponse,
    )
    request.on('error', fail)
  })
}
