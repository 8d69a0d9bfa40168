import type { Status } from '@agentgateway-otel/exporter/page'
import { ExpositionParser, type Families } from '@agentgateway-otel/exporter/reading'
import { type GetOptions, get } from './get.ts'
import type { Response } from './response.ts'
import { ScrapeError } from './scrape-error.ts'
import type { Target } from './target.ts'

/** The metrics of an app as they were at one moment. */
export interface Scrape extends Response {
  readonly families: Families
}

/** The text format that the parser reads. */
const TEXT_FORMAT = 'text/plain;version=0.0.4'

/**
 * Reads the metrics.
 *
 * @throws ScrapeError that says why they cannot be read, and what to do
 */
export async function scrape(target: Target, options: Omit<GetOptions, 'accept'> = {}): Promise<Scrape> {
  const { url } = target
  const response = await get(target, url, { ...options, accept: TEXT_FORMAT })
  if (response.status !== 200) throw ScrapeError.ofStatus(response, url, target)
  const parser = new ExpositionParser()
  parser.push(response.text)
  const families = parser.end()
  if (!isExposition(response, families)) throw ScrapeError.notMetrics(response, url)
  return { ...response, families }
}

/** Whether a response has metrics. The parser takes any text, and passes over what it does not know. */
function isExposition({ headers }: Response, families: Families): boolean {
  const type = headers['content-type'] ?? ''
  if (/^text\/plain\s*;.*\bversion=|^application\/openmetrics-text\b/i.test(type)) return true
  return /^text\/plain\b|^$/i.test(type) && [...families.values()].some(({ kind }) => kind !== 'untyped')
}

/**
 * Reads what the endpoint tells the page at `/` besides the metrics; undefined where it does not, as with an endpoint that
 * another program has.
 */
export async function fetchStatus(
  target: Target,
  options: Omit<GetOptions, 'accept'> = {},
): Promise<Status | undefined> {
  try {
    const url = new URL('status.json', target.url)
    const { status, text } = await get(target, url, { ...options, accept: 'application/json' })
    const value = status === 200 ? (JSON.parse(text) as Status) : undefined
    return typeof value?.gateway === 'string' && Array.isArray(value.processes) ? value : undefined
  } catch {
    return undefined
  }
}
