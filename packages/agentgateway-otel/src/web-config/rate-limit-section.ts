import type { RateLimit } from '@agentgateway-otel/exporter'
import type { YamlValue } from './yaml-value.ts'

/** The units of Go's durations, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * Reads `rate_limit`. Returns undefined when its interval is 0, which switches it off.
 *
 * @throws WebConfigError
 */
export function readRateLimitSection(value: YamlValue): RateLimit | undefined {
  const section = value.section(['interval', 'burst'])
  const interval = section.get('interval')
  const burst = section.get('burst')
  const requests = burst === undefined ? 0 : readCount(burst)
  const intervalMs = interval === undefined ? 0 : readDuration(interval)
  if (intervalMs === 0) return undefined
  if (requests === 0) (burst ?? value).fail('has to let one request in or more: set burst to 1 or more')
  return { intervalMs, burst: requests }
}

function readCount(value: YamlValue): number {
  const text = value.text()
  return /^\d{1,9}$/.test(text) ? Number(text) : value.fail('has to be a whole number')
}

/** Reads a duration as Go writes them: `1s`, `1m30s`, `500ms`. */
function readDuration(value: YamlValue): number {
  const text = value.text()
  if (/^0+$/.test(text)) return 0
  if (!/^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
    value.fail('has to be a duration with a unit, such as 1s or 500ms')
  }
  const parts = [...text.matchAll(/([\d.]+)([a-zµ]+)/g)]
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS[unit] ?? Number.NaN), 0)
}
