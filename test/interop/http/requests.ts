import type { App } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'

/**
 * Returns how many requests were counted, or the values of another sample of the HTTP metrics. The keys are method,
 * status and route, and the protocol if it is not `http`: `GET 200 /users/:id`.
 */
export function counted(families: Families, sample = 'agentgateway_requests_total'): Record<string, number> {
  const family = families.get(sample.replace(/_(sum|count)$/, ''))
  return Object.fromEntries(
    (family?.samples ?? [])
      .filter(({ name }) => name === sample)
      .map(({ labels, value }) => [
        `${labels.method} ${labels.status} ${labels.route}${labels.protocol === 'http' ? '' : ` ${labels.protocol}`}`,
        value,
      ]),
  )
}

export const SIZES = {
  request: 'agentgateway_request_size_bytes_sum',
  response: 'agentgateway_response_size_bytes_sum',
} as const

export const total = (families: Families) => Object.values(counted(families)).reduce((sum, value) => sum + value, 0)

/**
 * Waits for a scrape that has this many requests, and returns it. A response is counted once it has been written, which
 * may be a moment after the client has received it.
 */
export const afterRequests = (app: App, count: number) => app.metricsWhen((families) => total(families) >= count)

/** Returns the numbers of active connections, or of all that were accepted, by bind and protocol: `8080 http`. */
export const connections = (families: Families, which: 'active' | 'total') =>
  Object.fromEntries(
    (families.get(`agentgateway_connections_${which}`)?.samples ?? []).map(({ labels, value }) => [
      `${labels.bind} ${labels.protocol}`,
      value,
    ]),
  )

/** Returns whether no connection is active any more. */
export const noneActive = (families: Families) =>
  Object.values(connections(families, 'active')).every((count) => count === 0)
