import type { Families } from '../../reading/family.ts'
import type { Status } from '../status.ts'
import { parseStream } from './parse-stream.ts'
import { ResponseError } from './polling.ts'

/** How long a response may take. */
const TIMEOUT_MS = 30_000

/**
 * Returns the URL of one of the endpoint's paths. It is relative to the page's, which may be behind a proxy that serves it
 * under a path of its own, and has no credentials: browsers send those by themselves, and fetch no URL that has some.
 */
export function endpointUrl(path: string): string {
  const url = new URL(path, location.href)
  url.username = ''
  url.password = ''
  return url.href
}

async function get(path: string, accept: string): Promise<Response> {
  const response = await fetch(endpointUrl(path), {
    headers: { accept },
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new ResponseError(response)
  return response
}

export async function fetchStatus(): Promise<Status> {
  return (await get('status.json', 'application/json')).json()
}

/** Scrapes the metrics as Prometheus does. */
export async function fetchMetrics(): Promise<Families> {
  const { body } = await get('metrics', 'text/plain;version=0.0.4')
  return body === null ? new Map() : parseStream(body.pipeThrough(new TextDecoderStream()))
}
