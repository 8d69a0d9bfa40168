import { quote } from '../../../configuration/quote.ts'
import { configuredName } from '../../../resource.ts'
import { ScrapeError } from '../../endpoint/scrape-error.ts'
import { mayBeApp } from '../endpoint.ts'
import type { Facts } from '../facts.ts'
import { type Finding, problem, type Result, well } from '../finding.ts'
import type { Listener } from '../machine/listeners.ts'

const ADVICE =
  'Set OTEL_EXPORTER_PROMETHEUS_PORT to a free port for this app, or end the other program. Processes of one app share a port if they have the same OTEL_SERVICE_NAME.'

export const portTaken: Finding = {
  code: 'port-taken',
  summary: 'Another program, or another app, has the port of the metrics',
  section: 'docs/troubleshooting.md#the-port-does-not-respond',
  check(facts) {
    const { endpoint } = facts
    // Whoever names an endpoint wants to see that one, whatever app it is of.
    if (endpoint.isGiven || endpoint.localPort === undefined) return []
    const { configuration } = facts.settings[0]
    if (configuration.disabled || configuration.prometheus === undefined) return []
    if (endpoint.status !== undefined) return [resultOfApp(facts, endpoint.status.gateway, endpoint.localPort)]
    const { listeners } = facts
    if (listeners === undefined) return resultOfResponse(facts, endpoint.localPort)
    const listener = listeners.find((one) => clashes(one, facts))
    if (listener === undefined) return [well(`Port ${endpoint.localPort} is free.`)]
    // It may be the app, with a lock or too busy to respond, or as another user's process.
    if (facts.preloaded.some(({ pid }) => pid === listener.owner?.pid)) return []
    if (listener.owner === undefined && endpoint.error instanceof ScrapeError && mayBeApp(endpoint.error)) return []
    return [
      problem(
        `Port ${endpoint.localPort}, where the metrics of this app would be, is taken by ${describe(listener)}.`,
        ADVICE,
      ),
    ]
  },
}

/** Another app, or this one? Without a start command and a package.json, there is none that wants the port. */
function resultOfApp(facts: Facts, gateway: string, port: number): Result {
  const { settings, processes = [], listeners = [], project, command, endpoint } = facts
  const owner = listeners.find(({ owner }) => owner !== undefined)?.owner
  const text = `Port ${port} is served by the app ${quote(gateway)}${owner === undefined ? '' : ` (process ${owner.pid})`}`
  const pids = new Set(endpoint.status?.processes.map(({ pid }) => pid))
  const isOwn =
    processes.some(({ pid }) => pids.has(pid) || pid === owner?.pid) ||
    configuredName(settings[0].configuration) === gateway ||
    (owner === undefined && project?.name === gateway) ||
    (project === undefined && command === undefined)
  return isOwn ? well(`${text}.`) : problem(`${text}, which is not the app in ${facts.directory}.`, ADVICE)
}

/** What is known where the system does not say which process has a port: whether something responds. */
function resultOfResponse({ endpoint }: Facts, port: number): readonly Result[] {
  const failure = endpoint.error instanceof ScrapeError ? endpoint.error.failure : undefined
  if (failure === 'refused') return [well(`Port ${port} is free.`)]
  if (failure !== 'not-metrics' && failure !== 'not-http' && failure !== 'not-found') return []
  return [problem(`Port ${port}, where the metrics of this app would be, is taken by another program.`, ADVICE)]
}

/** Whether a socket that listens keeps the app from listening. */
function clashes({ isOnAllAddresses, isOnLoopback }: Listener, { settings }: Facts): boolean {
  const host = settings[0].configuration.prometheus?.host
  const wantsAll = host === undefined || host === '::' || host === '0.0.0.0'
  return wantsAll || isOnAllAddresses || isOnLoopback === /^(?:localhost|127\..*|::1)$/i.test(host)
}

const describe = ({ owner, uid }: Listener) =>
  owner === undefined ? `a process of the user with the id ${uid}` : `${owner.program} (process ${owner.pid})`
