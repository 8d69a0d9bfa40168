// The requests that every contestant records: which label values, and which durations.

/** How many lines the four metrics of requests have for one list of label values: a counter and three histograms. */
const LINES_PER_LIST = 1 + (15 + 2) + (12 + 2) + (12 + 2)

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const STATUSES = ['200', '201', '404', '500']

/** @typedef {readonly [method: string, status: string, route: string, protocol: string]} LabelValues */

/**
 * Returns as many lists of label values as make about this number of lines. 92,000 lines are 2,000 lists, which is how many
 * the label set keeps.
 *
 * @param {number} lines
 * @returns {LabelValues[]}
 */
export function labelValuesFor(lines) {
  return Array.from({ length: Math.round(lines / LINES_PER_LIST) }, (_, i) => [
    METHODS[i % METHODS.length],
    STATUSES[Math.floor(i / METHODS.length) % STATUSES.length],
    `/api/things-${Math.floor(i / (METHODS.length * STATUSES.length))}/:id`,
    'http',
  ])
}

/** Returns the duration of the request with this number, in seconds. It is a multiple of 1/1024, so that sums are exact. */
export function durationOf(number) {
  return ((number * 37) % 4096) / 1024
}

/** Turns a duration in seconds into a size in bytes, so that the sizes are of many buckets too. */
export function bytesOf(seconds) {
  return Math.round(seconds * 100_000)
}
