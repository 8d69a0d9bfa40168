import { basename, isAbsolute, relative, sep } from 'node:path'
import type { ScrapeRecord } from '@agentgateway-otel/exporter'
import type { OtlpStatus, ProcessStatus, Status } from '@agentgateway-otel/exporter/page'
import { type Identity, identify, type Origin } from '@agentgateway-otel/processes'
import type { OtlpConfiguration } from './configuration/configuration.ts'
import type { OtlpExports } from './otlp/exports.ts'
import { VERSION } from './version.ts'

/** What the page's status is made from. */
export interface StatusSources {
  readonly gateway: string
  readonly origin: Origin
  /** The processes that this one serves; undefined as long as it has found no other. */
  readonly processes: () => readonly Identity[] | undefined
  readonly scrapes: () => readonly ScrapeRecord[]
  readonly otlp: Pick<OtlpConfiguration, 'intervalMs'> | undefined
  readonly otlpExports: OtlpExports
}

/** Returns a function that returns the status as it is now. */
export function pageStatus({ gateway, origin, processes, scrapes, ...sources }: StatusSources): () => Status {
  const alone = [identify(origin)]
  return () => ({
    gateway,
    version: VERSION,
    node: process.version,
    nowMs: Date.now(),
    processes: describeProcesses(processes() ?? alone),
    scrapes: scrapes(),
    otlp: sources.otlp && describeOtlp(sources.otlp.intervalMs, sources.otlpExports),
  })
}

function describeProcesses(identities: readonly Identity[]): ProcessStatus[] {
  return identities.map(({ pid, threadId, startedMs, cwd, entry }, i) => ({
    pid,
    threadId,
    startedMs,
    entry: shortPath(cwd, entry),
    role: identities.length === 1 ? undefined : i === 0 ? 'leader' : 'follower',
  }))
}

/** Returns the script's path from the folder of the app, or its name: a reader need not know where an app lies. */
function shortPath(cwd: string, entry: string): string {
  if (entry === '') return 'no script'
  const path = relative(cwd, entry)
  return path.startsWith(`..${sep}`) || isAbsolute(path) ? basename(entry) : path
}

function describeOtlp(intervalMs: number, { url, last, lastSuccessMs }: OtlpExports): OtlpStatus {
  return { url: url ?? '', intervalMs, lastExport: last, lastSuccessMs }
}
