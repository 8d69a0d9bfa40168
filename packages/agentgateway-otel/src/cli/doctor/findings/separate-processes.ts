import { accessSync, constants } from 'node:fs'
import { configuredName } from '../../../resource.ts'
import type { Facts, PreloadedProcess } from '../facts.ts'
import { type Finding, hint, problem, type Result, well } from '../finding.ts'
import { counted } from '../listing.ts'
import type { SeenProcess } from '../machine/process-table.ts'

export const separateProcesses: Finding = {
  code: 'separate-processes',
  summary:
    'Processes of one app do not share one endpoint: they have different ports or names, or cannot find each other',
  section: 'docs/troubleshooting.md#series-are-missing-or-their-labels-say-little',
  check(facts) {
    const serving = facts.preloaded.filter(
      ({ setting: { configuration } }) => configuration.prometheus !== undefined && !configuration.disabled,
    )
    const apps = Map.groupBy(serving, ({ cwd, launch }) => JSON.stringify([cwd, launch.script]))
    return [...apps.values()].flatMap((app) => resultsOf(app, facts))
  },
}

function resultsOf(app: readonly PreloadedProcess[], facts: Facts): readonly Result[] {
  const [first] = app
  if (first === undefined || app.length < 2) return []
  const text = `${counted(app.length, 'process', 'processes')} of ${first.name}`
  if (app.some(({ setting }) => setting.configuration.perProcess)) {
    return [
      hint(
        `${text} run with AGENTGATEWAY_PER_PROCESS=true, so that each has an endpoint of its own, on a port that its stderr names.`,
        'Unset it, and one endpoint serves the sums of all of them.',
      ),
    ]
  }
  const ports = portsOfOneName(app)
  if (ports.length > 1) {
    return [
      problem(
        `${text} have different ports (${ports.join(', ')}), so that each endpoint has a part of the app's numbers.`,
        'Set the same OTEL_EXPORTER_PROMETHEUS_PORT for all of them, and the same OTEL_SERVICE_NAME: then one endpoint serves the sums.',
      ),
    ]
  }
  return resultOfOnePort(app, text, facts)
}

/** Processes with different names are different apps, which need ports of their own. */
function portsOfOneName(app: readonly PreloadedProcess[]): readonly number[] {
  const byName = Map.groupBy(app, ({ setting }) => configuredName(setting.configuration))
  const ports = [...byName.values()].map((some) => [
    ...new Set(some.flatMap(({ setting }) => setting.configuration.prometheus?.port ?? [])),
  ])
  return ports.find(({ length }) => length > 1) ?? []
}

/** The endpoint says which processes are in its sums. */
function resultOfOnePort(app: readonly PreloadedProcess[], text: string, { endpoint }: Facts): readonly Result[] {
  const pids = new Set(endpoint.status?.processes.map(({ pid }) => pid))
  if (new Set(app.map(({ setting }) => setting.configuration.prometheus?.port)).size > 1) return []
  if (!app.some(({ pid }) => pids.has(pid))) return []
  const missing = app.filter(({ pid }) => !pids.has(pid))
  if (missing.length === 0) return [well(`${text} share one endpoint.`)]
  const locked = app.find((seen) => !hasWritableTemporaryDirectory(seen))
  const ids = missing.map(({ pid }) => pid).join(', ')
  const what = `Of ${text}, ${missing.length} (process ${ids}) ${missing.length === 1 ? 'is' : 'are'} not in the sums of the endpoint`
  if (locked !== undefined) {
    return [
      problem(
        `${what}: there is no temporary directory that they can write to, where they would find each other.`,
        'Mount a writable directory at /tmp, or name one in TMPDIR.',
      ),
    ]
  }
  return [
    problem(
      `${what}.`,
      'Set one OTEL_SERVICE_NAME for all of them. A line on stderr of each process says what it did.',
    ),
  ]
}

/** Whether the temporary directory of a process, within its own root, can be written to. */
function hasWritableTemporaryDirectory({ pid, environment: { TMPDIR } }: SeenProcess): boolean {
  try {
    accessSync(`/proc/${pid}/root${TMPDIR || '/tmp'}`, constants.W_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
