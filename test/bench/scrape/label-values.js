/** How many lines the four metrics of requests have for each list of label values: a counter and three histograms. */
export const LINES_PER_SERIES = 1 + (15 + 2) + (12 + 2) + (12 + 2)

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const STATUSES = ['200', '201', '404', '500']

/**
 * Returns lists of label values such as an app has, as many as make about this number of lines: 92,000 lines are the
 * 2,000 lists that a label set has at most.
 *
 * @param {number} lines
 * @returns {(readonly [method: string, status: string, route: string, protocol: string])[]}
 */
export function labelValuesFor(lines) {
  return Array.from({ length: Math.max(1, Math.round(lines / LINES_PER_SERIES)) }, (_, i) => [
    METHODS[i % METHODS.length],
    STATUSES[Math.floor(i / METHODS.length) % STATUSES.length],
    `/api/things-${Math.floor(i / (METHODS.length * STATUSES.length))}/:id`,
    'http',
  ])
}
