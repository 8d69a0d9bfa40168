import type { Format } from './collected.ts'

/** The content types of the responses. Every name is valid in all versions, so no escaping is needed. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The longest header that is read; those of scrapers have about 300 characters. */
const MAX_LENGTH = 4096

/**
 * Returns the format of a scrape's response by the request's `Accept` (RFC 9110, 12.5.1): OpenMetrics where the header
 * lists it, in version 1.0.0 or without a version, with a quality that is not lower than that of the text format, else
 * the text format. A client that accepts neither gets the text format too, as from other exporters.
 */
export function formatOf(accept: string | undefined): Format {
  if (accept === undefined || accept.length > MAX_LENGTH) return 'text'
  const ranges = accept.split(',').map(parseRange)
  const openMetrics = ranges.filter(({ type, version }) => type === OPEN_METRICS && (version ?? '1.0.0') === '1.0.0')
  const quality = maxQuality(openMetrics)
  if (quality === 0) return 'text'
  const text = ranges.filter(({ type }) => type === 'text/plain' || type === 'text/*')
  return quality >= maxQuality(text) ? 'openmetrics' : 'text'
}

const OPEN_METRICS = 'application/openmetrics-text'

interface Range {
  readonly type: string
  readonly version: string | undefined
  /** From 0 to 1; 0 where it is not valid. */
  readonly quality: number
}

const maxQuality = (ranges: readonly Range[]) => Math.max(0, ...ranges.map(({ quality }) => quality))

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const valueFor = (name: string) =>
    parameters
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replace(/^"(.*)"$/, '$1')
  const quality = valueFor('q') ?? '1'
  return {
    type,
    version: valueFor('version'),
    quality: /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(quality) ? Number(quality) : 0,
  }
}
