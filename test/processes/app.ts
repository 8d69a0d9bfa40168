import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { type Families, parsePrometheusText, type Sample, sumOf } from '../harness/prometheus-text.ts'

const PRELOAD = ['--import', REGISTER] as const

const DEADLINE_MS = 30_000

/** What all processes of one app share: a metrics port of their own, and a directory where they meet. */
export interface Site {
  readonly port: number
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  run(command: string, args: readonly string[], options?: RunOptions): Running
  /** Runs a script of `apps/` on the Node.js under test, with the preload unless told otherwise. */
  node(script: string, args?: readonly string[], options?: RunOptions & { flags?: readonly string[] }): Running
  scrape(): Promise<Families>
  /** Scrapes until this holds. */
  scrapeUntil(holds: (families: Families) => boolean): Promise<Families>
  /** Ends whatever was started. */
  clear(): Promise<void>
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface Running {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Waits for a line of stdout, or with `stderr` of that. Lines from before count. */
  line(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<RegExpExecArray>
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** Waits for it to end by itself. */
  exit(): Promise<Exit>
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export async function createSite(): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'processes-'))
  const port = await freePort()
  const running: Running[] = []
  const env = {
    ...childEnv(),
    TMPDIR: directory,
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
  }
  const run = (command: string, args: readonly string[], options: RunOptions = {}) => {
    const started = start(command, args, { cwd: directory, ...options, env: { ...env, ...options.env } })
    running.push(started)
    return started
  }
  async function scrape(): Promise<Families> {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`the scrape was answered ${response.status}: ${text}`)
    return parsePrometheusText(text)
  }
  return {
    port,
    directory,
    env,
    run,
    node: (script, args = [], { flags = PRELOAD, ...options } = {}) =>
      run(NODE, [...flags, app(script), ...args], options),
    scrape,
    async scrapeUntil(holds) {
      let last: unknown
      for (const deadline = performance.now() + DEADLINE_MS; performance.now() < deadline; await pause(20)) {
        try {
          const families = await scrape()
          last = families
          if (holds(families)) return families
        } catch (error) {
          last = error
        }
      }
      throw new Error(`did not come to hold: ${describe(last)}\n${running.map((one) => one.stderr()).join('\n')}`)
    },
    async clear() {
      await Promise.all(running.map((one) => one.stop('SIGKILL')))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export const app = (script: string) => fileURLToPath(new URL(`./apps/${script}`, import.meta.url))

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

export const requests = (families: Families) => sumOf(families, 'agentgateway_requests_total')

/** The samples that may never fall, by their series. */
export function counters(families: Families): ReadonlyMap<string, number> {
  const samples = [...families.values()].filter(({ type }) => type !== 'gauge').flatMap((family) => family.samples)
  return new Map(samples.map((sample) => [seriesOf(sample), sample.value]))
}

const seriesOf = ({ name, labels }: Sample) => name + JSON.stringify(Object.entries(labels).sort())

function describe(last: unknown): string {
  if (!(last instanceof Map)) return String(last)
  return [...counters(last as Families)].map(([series, value]) => `${series} ${value}`).join('\n')
}

function start(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string | undefined> },
): Running {
  const child = spawn(command, args, { ...options, stdio: 'pipe' })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
    })
  }
  child.stdin.on('error', () => {})
  const closed = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  closed.catch(() => {})
  return {
    child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    async line(pattern, stream = 'stdout') {
      for (const deadline = performance.now() + DEADLINE_MS; performance.now() < deadline; await pause(10)) {
        for (const line of written[stream].split('\n').slice(0, -1)) {
          const match = pattern.exec(line)
          if (match) return match
        }
      }
      throw new Error(`no line ${pattern} on ${stream} of ${args.join(' ')}\n${written.stdout}\n${written.stderr}`)
    },
    stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      return closed
    },
    exit: () => closed,
  }
}
