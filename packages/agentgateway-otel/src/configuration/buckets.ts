import { type Buckets, type HistogramName, METRICS } from '@agentgateway-otel/metrics'
import { MetricNames } from './metric-names.ts'
import { MAX_QUOTED_ITEMS, problemWith, quoteSome } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

/** How many boundaries a histogram may have. Each is a line of every series in every scrape. */
export const MAX_BOUNDARIES = 100

const HISTOGRAMS = new MetricNames<HistogramName>(
  Object.values(METRICS).flatMap(({ name, kind }) => (kind === 'histogram' ? [name] : [])),
)

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Parses boundaries of histograms, as in `request_duration_seconds=0.1,0.5,1;request_size_bytes=1024,65536`. */
export function parseBuckets(text: string): Parsed<Buckets> {
  const buckets: Partial<Record<HistogramName, readonly number[]>> = {}
  const unknown: string[] = []
  const invalid: string[] = []
  for (const item of itemsOf(text, ';')) {
    const [name = '', ...boundaries] = item.split('=')
    const histogram = HISTOGRAMS.find(name.trim())
    const numbers = parseBoundaries(boundaries.join('='))
    if (histogram === undefined) unknown.push(name.trim())
    else if (numbers === undefined) invalid.push(item)
    else buckets[histogram] = numbers
  }
  const nearest = unknown.slice(0, MAX_QUOTED_ITEMS).map((name) => HISTOGRAMS.nearest(name))
  const problems = [
    ...problemWith(unknown, `not a histogram; did you mean ${quoteSome(nearest)}?`),
    ...problemWith(invalid, `write up to ${MAX_BOUNDARIES} ascending numbers, as in ${EXAMPLE}`),
  ]
  return { value: buckets, problems }
}

const EXAMPLE = 'request_duration_seconds=0.1,0.5,1'

/** Returns ascending finite numbers; undefined for anything else. */
function parseBoundaries(text: string): readonly number[] | undefined {
  const items = text.split(',').map((item) => item.trim())
  if (items.length > MAX_BOUNDARIES || !items.every((item) => NUMBER.test(item))) return undefined
  const numbers = items.map(Number)
  return numbers.every((number, i) => Number.isFinite(number) && number > (numbers[i - 1] ?? Number.NEGATIVE_INFINITY))
    ? numbers
    : undefined
}
