import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describeSamples, NODE, REGISTER, scrape } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { type ProcessOptions, type RunningProcess, startProcess } from '../harness/process.ts'
import { type Families, type Sample, sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'

/** Processes that share a metrics port of their own, and a temporary directory with their rendezvous. */
export interface Deployment {
  readonly port: number
  readonly directory: string
  run(command: string, args: readonly string[], options?: RunOptions): RunningProcess
  /** Runs a script of `apps/` on the Node.js under test, by default with the preload. */
  node(script: string, args?: readonly string[], options?: RunOptions & { flags?: readonly string[] }): RunningProcess
  scrape(): Promise<Families>
  /** Scrapes until this holds; scrapes that fail meanwhile are passed over. */
  scrapeUntil(holds: (families: Families) => boolean): Promise<Families>
  /** Ends all processes, and removes the directory. */
  clear(): Promise<void>
}

interface RunOptions extends Pick<ProcessOptions, 'cwd'> {
  /** Added to the environment that all processes have. */
  readonly env?: Readonly<Record<string, string>>
}

export async function createDeployment(): Promise<Deployment> {
  const directory = await mkdtemp(join(tmpdir(), 'processes-'))
  const port = await freePort()
  const processes: RunningProcess[] = []
  const sharedEnv = {
    ...childEnv(),
    TMPDIR: directory,
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
  }
  const run = (command: string, args: readonly string[], { cwd = directory, env = {} }: RunOptions = {}) => {
    const started = startProcess(command, args, { cwd, env: { ...sharedEnv, ...env } })
    processes.push(started)
    return started
  }
  const scrapeOnce = () => scrape(`http://127.0.0.1:${port}/metrics`)
  return {
    port,
    directory,
    run,
    node: (script, args = [], { flags = ['--import', REGISTER], ...options } = {}) =>
      run(NODE, [...flags, app(script), ...args], options),
    scrape: scrapeOnce,
    async scrapeUntil(holds) {
      let last: unknown
      return until(
        async () => {
          try {
            const families = await scrapeOnce()
            last = describeSamples(families)
            return holds(families) ? families : undefined
          } catch (error) {
            // While the port changes hands, no process may have it.
            last = error
            return undefined
          }
        },
        () => `${holds} of\n${last}\n${processes.map(({ stderr }) => stderr()).join('\n')}`,
      )
    },
    async clear() {
      await Promise.all(processes.map((process) => process.stop('SIGKILL')))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The file of a script in `apps/`. */
export const app = (script: string) => fileURLToPath(new URL(`./apps/${script}`, import.meta.url))

/** A process that listens on a port of its own, and what it wrote. */
export type Server = RunningProcess & { readonly port: number }

/** Starts `apps/server.cjs`, and waits until it listens. */
export async function startServer(
  deployment: Deployment,
  options: Parameters<Deployment['node']>[2] = {},
): Promise<Server> {
  const running = deployment.node('server.cjs', [], options)
  return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
}

/** Sends one request to a server, on a connection of its own, and waits for the whole response. */
export async function sendRequest(port: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  await response.text()
}

/** What a process writes at debug level when another process counts for it. */
export const JOINED = /counted by the process that has port/

/** The environment in which a process writes `JOINED`. */
export const DEBUG = { OTEL_LOG_LEVEL: 'debug' }

export const requests = (families: Families) => sumOf(families, 'agentgateway_requests_total')

/** The samples that may never fall, by their series. */
export function counters(families: Families): ReadonlyMap<string, number> {
  const samples = [...families.values()].filter(({ type }) => type !== 'gauge').flatMap((family) => family.samples)
  return new Map(samples.map((sample) => [seriesOf(sample), sample.value]))
}

const seriesOf = ({ name, labels }: Sample) => name + JSON.stringify(Object.entries(labels).sort())
