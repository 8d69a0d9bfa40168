import type { Format } from '../collected.ts'

/** What a scrape's response is, by the request's `Accept`. */
export interface Negotiated {
  readonly format: Format
  readonly contentType: string
}

const TEXT: Negotiated = { format: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' }
const OPEN_METRICS: Negotiated = {
  format: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}
/**
 * The response to a client that says how names beyond the classic alphabet are to be escaped, as Prometheus 3 does. No
 * name here is beyond it, and a text in which none is, is one escaped by underscores.
 */
const ESCAPED_OPEN_METRICS: Negotiated = {
  format: 'openmetrics',
  contentType: `${OPEN_METRICS.contentType}; escaping=underscores`,
}

/** The versions of OpenMetrics that this text is of. 0.0.1 was the draft of 1.0.0. */
const VERSIONS: ReadonlySet<string | undefined> = new Set([undefined, '1.0.0', '0.0.1'])

/**
 * Chooses the format of a scrape's response (RFC 9110, 12.5.1): OpenMetrics where the header lists it with a quality that
 * is not lower than that of the text format, else the text format. A client that accepts neither gets the text format
 * too, as from other exporters.
 */
export function negotiate(accept: string | undefined): Negotiated {
  const clauses = (accept?.match(CLAUSES) ?? []).map(parseClause)
  const openMetrics = clauses.filter(
    ({ type, version }) => type === 'application/openmetrics-text' && VERSIONS.has(version),
  )
  const quality = maxQuality(openMetrics)
  if (quality === 0 || quality < textQuality(clauses)) return TEXT
  return openMetrics.some(({ isEscaped }) => isEscaped) ? ESCAPED_OPEN_METRICS : OPEN_METRICS
}

/** What stands between commas, or between semicolons, where these are not quoted. */
const CLAUSES = /(?:[^",]|"[^"]*"?)+/g
const PARTS = /(?:[^";]|"[^"]*"?)+/g

interface Clause {
  readonly type: string
  readonly version: string | undefined
  readonly isEscaped: boolean
  /** From 0 to 1; 0 where it is not valid. */
  readonly quality: number
}

function parseClause(text: string): Clause {
  const [type = '', ...parts] = (text.match(PARTS) ?? []).map((part) => part.trim().toLowerCase())
  const parameters = new Map(
    parts.map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=')
      return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')]
    }),
  )
  const quality = parameters.get('q') ?? '1'
  return {
    type,
    version: parameters.get('version'),
    isEscaped: parameters.has('escaping'),
    quality: /^(?:0?\.\d+|[01](?:\.\d*)?)$/.test(quality) && Number(quality) <= 1 ? Number(quality) : 0,
  }
}

/** The most specific range that includes the text format decides. */
function textQuality(clauses: readonly Clause[]): number {
  for (const range of [['text/plain'], ['text/*'], ['*/*', '*']]) {
    const matching = clauses.filter(({ type }) => range.includes(type))
    if (matching.length > 0) return maxQuality(matching)
  }
  return 0
}

const maxQuality = (clauses: readonly Clause[]) => clauses.reduce((max, { quality }) => Math.max(max, quality), 0)
