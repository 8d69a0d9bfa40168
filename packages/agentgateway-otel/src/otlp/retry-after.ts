/**
 * Returns how long to wait by a `Retry-After` header (RFC 9110, 10.2.3), which has seconds or a date.
 *
 * @returns milliseconds, 0 for a date that has passed; undefined when there is no such header, or it is neither
 */
export function retryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,10}$/.test(value)) return Number(value) * 1000
  // The formats of HTTP's dates begin with the name of a day. `Date.parse` would take other texts for dates too.
  const timeMs = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : Math.max(0, timeMs - Date.now())
}
