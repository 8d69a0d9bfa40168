import { age, clock, count, seconds } from '@agentgateway-otel/exporter/reading'
import { printable } from '../../printable.ts'
import type { Activity } from './activity.ts'
import type { Snapshot } from './snapshot.ts'

/** Says which app it is, since when it has been up and in how many processes. */
export function describeApp(url: URL, snapshot: Snapshot | undefined): string {
  if (snapshot === undefined) return url.href
  const { status } = snapshot
  const processes = status?.processes ?? []
  const starts = processes.flatMap(({ startedMs }) => startedMs ?? [])
  const parts = [
    `${printable(gatewayOf(snapshot))}`,
    url.href,
    starts.length > 0 && status !== undefined && `up ${age(status.nowMs - Math.min(...starts))}`,
    processes.length > 0 && (processes.length === 1 ? '1 process' : `${processes.length} processes`),
  ]
  return parts.filter((part) => part !== false && part !== '').join('  ')
}

/** The name of the service: what the status says, else the label that all series have. */
export function gatewayOf({ status, scrape }: Snapshot): string {
  if (status !== undefined) return status.gateway
  for (const { samples, histograms } of scrape.families.values()) {
    const gateway = [...samples, ...histograms][0]?.labels.get('gateway')
    if (gateway !== undefined) return gateway
  }
  return ''
}

/** Says when the numbers were read, and of which time they are. */
export function describeScrape({ scrape, timeMs }: Snapshot, { seconds: window }: Activity): string {
  const what =
    window === undefined
      ? 'errors and percentiles since the start; rates follow with the next scrape'
      : `rates, errors and percentiles of the last ${seconds(window)}`
  return `${clock(timeMs)}  scraped in ${seconds(scrape.tookMs / 1000)}  ${what}`
}

export function describeOpen({ openConnections, openSessions: { server, client } }: Activity): string {
  return `open: ${count(openConnections)} connections, MCP sessions ${count(server)} as server, ${count(client)} as client`
}
