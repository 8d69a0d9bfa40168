import { type Buckets, HISTOGRAM_NAMES, MAX_BOUNDARIES } from '@agentgateway-otel/metrics'
import { MetricNames } from './metric-names.ts'
import { didYouMean, MAX_QUOTED_ITEMS, problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

const HISTOGRAMS = new MetricNames(HISTOGRAM_NAMES)

/** Nothing that is measured is negative. */
const NUMBER = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** Parses boundaries of histograms, as in `request_duration_seconds=0.1,0.5,1;request_size_bytes=1024,65536`. */
export function parseBuckets(text: string): Parsed<Buckets> {
  const buckets: { -readonly [Name in keyof Buckets]: Buckets[Name] } = {}
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
    ...problemWith(unknown, `not a histogram${didYouMean(nearest)}`),
    ...problemWith(invalid, `write up to ${MAX_BOUNDARIES} ascending numbers from 0 on, as in ${EXAMPLE}`),
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
