import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from './environment.ts'
import { type Families, parsePrometheusText } from './prometheus-text.ts'

const built = (file: string) => fileURLToPath(new URL(`../../packages/agentgateway-otel/dist/${file}`, import.meta.url))

/** The built preload, as a user's `--import agentgateway-otel/register` resolves to it. */
export const REGISTER = built('register.js')

/** The same for `--require`. */
export const REGISTER_CJS = built('register.cjs')

/** The Node.js that apps run on: this one, or for the matrix that of `TEST_NODE`. */
export const NODE = process.env.TEST_NODE ?? process.execPath

/** How long a condition may take to come true, in milliseconds; only a test that fails waits as long. */
const DEADLINE_MS = 30_000

export interface AppOptions {
  /** How the preload is given; `none` starts the app without it. Default: `--import`. */
  readonly preload?: '--import' | '--require' | 'none'
  readonly args?: readonly string[]
  /** Flags of Node.js before the preload's, in the order in which preloads run. Default: none. */
  readonly earlierOptions?: readonly string[]
  /** Flags of Node.js after the preload's. Default: none. */
  readonly nodeOptions?: readonly string[]
  /** Added to this process's own environment, of which NODE_OPTIONS and OTEL_* are left out. */
  readonly env?: Readonly<Record<string, string>>
  /** How long a condition may take to come true; only a test that fails waits as long. Default: 30 s. */
  readonly deadlineMs?: number
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** An app in a process of its own. */
export interface App {
  readonly child: ChildProcess
  /** What the app wrote after `ready ` on the line that says so, e.g. its port. */
  readonly ready: string
  /** All that was written so far. */
  stdout(): string
  stderr(): string
  /** Waits for a line of stdout. Lines that were written before count too. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** The same of stderr. */
  errorLine(pattern: RegExp): Promise<RegExpExecArray>
  /** Writes a line to the app's stdin. */
  say(line: string): void
  /** Scrapes once. */
  metrics(): Promise<Families>
  /** Scrapes until this holds; throws with the last scrape when it does not come to hold. */
  metricsWhen(holds: (families: Families) => boolean): Promise<Families>
  /** Ends the app with this signal (SIGTERM by default) unless it has ended, and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
  /** Waits for the app to end by itself. */
  exit(): Promise<Exit>
}

/**
 * Starts a script with the preload flag, metrics on an ephemeral port of 127.0.0.1, and waits for the preload's line on
 * stderr and for the app's own line on stdout, `ready` or `ready <something>`.
 *
 * @param file a script that this Node.js runs without help: `.js`, `.mjs` or `.cjs`
 */
export async function startApp(file: string | URL, options: AppOptions = {}): Promise<App> {
  const {
    preload = '--import',
    args = [],
    earlierOptions = [],
    nodeOptions = [],
    env = {},
    deadlineMs = DEADLINE_MS,
  } = options
  const flags = preload === 'none' ? [] : [preload, preload === '--import' ? REGISTER : REGISTER_CJS]
  const script = file instanceof URL ? fileURLToPath(file) : file
  const child = spawn(NODE, [...earlierOptions, ...flags, ...nodeOptions, script, ...args], {
    env: {
      ...childEnv(),
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ...env,
    },
    stdio: 'pipe',
  })
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] += text
    })
  }
  // An app that ended does not read what is said to it.
  child.stdin.on('error', () => {})
  const closed = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }))
  closed.catch(() => {})

  function read(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    const look = () => {
      // The text after the last line feed is not a line yet.
      for (const line of written[stream].split(/\r?\n/).slice(0, -1)) {
        const match = pattern.exec(line)
        if (match) resolve(match)
      }
    }
    const fail = (why: string) =>
      reject(new Error(`${why} before ${pattern} on ${stream} of ${script}\n${written.stdout}\n${written.stderr}`))
    const timer = setTimeout(() => fail(`${deadlineMs} ms passed`), deadlineMs)
    child[stream]?.on('data', look)
    closed.then(
      ({ code, signal }) => {
        look()
        fail(`it ended (${signal ?? code})`)
      },
      (error) => reject(error),
    )
    look()
    return promise.finally(() => {
      clearTimeout(timer)
      child[stream]?.off('data', look)
    })
  }

  function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    return closed
  }

  try {
    const url = preload === 'none' ? undefined : read('stderr', /http:\/\/\S+\/metrics/)
    const [started, ready] = await Promise.all([url, read('stdout', /^ready(?: (.*))?$/)])
    const metrics = async () => {
      if (started === undefined) throw new Error('the app was started without the preload')
      return scrape(started[0])
    }
    return {
      child,
      ready: ready[1] ?? '',
      stdout: () => written.stdout,
      stderr: () => written.stderr,
      line: (pattern) => read('stdout', pattern),
      errorLine: (pattern) => read('stderr', pattern),
      say: (line) => void child.stdin.write(`${line}\n`),
      metrics,
      metricsWhen: (holds) => pollUntil(metrics, holds, deadlineMs),
      stop,
      exit: () => closed,
    }
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
}

/** Scrapes a process that was not started here, once. */
export async function scrape(url: string): Promise<Families> {
  const response = await fetch(url)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`)
  return parsePrometheusText(text)
}

/** Scrapes until this holds; throws with the last scrape when it does not come to hold. */
export async function pollUntil(
  metrics: () => Promise<Families>,
  holds: (families: Families) => boolean,
  deadlineMs = DEADLINE_MS,
): Promise<Families> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const families = await metrics()
    if (holds(families)) return families
    if (performance.now() > deadline) {
      const samples = [...families.values()].flatMap((family) => family.samples)
      throw new Error(`did not come to hold:\n${samples.map((sample) => JSON.stringify(sample)).join('\n')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
