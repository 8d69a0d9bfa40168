import type { App } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'

/** The requests that were counted, by method, status, route and protocol; or another sample of the HTTP metrics. */
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

/** The scrape that has so many requests: a response is counted when it was written, a moment after the client has it. */
export const afterRequests = (app: App, count: number) => app.metricsWhen((families) => total(families) >= count)

/** The connections that are counted, by bind and protocol: those that are open, or all. */
export const connections = (families: Families, which: 'active' | 'total') =>
  Object.fromEntries(
    (families.get(`agentgateway_connections_${which}`)?.samples ?? []).map(({ labels, value }) => [
      `${labels.bind} ${labels.protocol}`,
      value,
    ]),
  )

/** Whether nobody is connected any more. */
export const allGone = (families: Families) =>
  Object.values(connections(families, 'active')).every((open) => open === 0)
