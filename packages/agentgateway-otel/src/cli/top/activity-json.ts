import type { Activity } from './activity.ts'
import { gatewayOf } from './header.ts'
import type { Snapshot } from './snapshot.ts'

/** Returns what `top --json` writes. The README documents it. A number that is not known is null, as JSON has no NaN. */
export function jsonOfActivity(url: URL, snapshot: Snapshot, activity: Activity): object {
  const { status, timeMs } = snapshot
  const starts = status?.processes.flatMap(({ startedMs }) => startedMs ?? []) ?? []
  return {
    gateway: gatewayOf(snapshot),
    url: url.href,
    time: new Date(timeMs).toISOString(),
    seconds: activity.seconds,
    processes: status?.processes.length ?? null,
    startedAt: starts.length === 0 ? null : new Date(Math.min(...starts)).toISOString(),
    openConnections: activity.openConnections,
    openSessions: activity.openSessions,
    http: activity.http ?? null,
    llm: activity.llm ?? null,
    mcp: activity.mcp ?? null,
  }
}
