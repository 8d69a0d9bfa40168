import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { childEnv } from './environment.ts'
import { type RunningProcess, startProcess } from './process.ts'
import { type Families, parsePrometheusText } from './prometheus-text.ts'
import { until } from './until.ts'

/** The built preload, as `--import agentgateway-otel/register` resolves to it. */
export const REGISTER = fileURLToPath(import.meta.resolve('agentgateway-otel/register'))

/** The built preload, as `--require agentgateway-otel/register` resolves to it. */
export const REGISTER_CJS = createRequire(import.meta.url).resolve('agentgateway-otel/register')

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))

/** A preload for `--import` that does nothing: what differs under it differs under any preload. */
export const EMPTY = fixture('empty.mjs')

/** A preload for `--require` that does nothing. */
export const EMPTY_CJS = fixture('empty.cjs')

/** The Node.js that apps run on: the one that runs the tests, or for the matrix of versions that of `TEST_NODE`. */
export const NODE = process.env.TEST_NODE ?? process.execPath

export interface AppOptions {
  /** How the preload is given; `none` starts the app without it. Default: `--import`. */
  readonly preload?: '--import' | '--require' | 'none'
  readonly args?: readonly string[]
  /** Flags of Node.js before the preload's, in the order in which preloads run. Default: none. */
  readonly earlierOptions?: readonly string[]
  /** Flags of Node.js after the preload's. Default: none. */
  readonly nodeOptions?: readonly string[]
  /** Added to this process's own environment, without its NODE_OPTIONS and OTEL_*. */
  readonly env?: Readonly<Record<string, string>>
}

/** Another agent that apps are started with in place of the preload: for comparisons alone. */
interface Substitute {
  /** Its flags of Node.js, by the app's module system. */
  readonly flags: { readonly cjs?: readonly string[]; readonly mjs?: readonly string[] }
  readonly env: Readonly<Record<string, string>>
}

let substitute: Substitute | undefined

/** Has `startApp` start apps with this agent from now on, and without the preload. Their metrics cannot be scraped then. */
export function substitutePreload(agent: Substitute): void {
  substitute = agent
}

/** An app in a process of its own. */
export interface App extends RunningProcess {
  /** What the app wrote after `ready ` on the line that reports it, for example its port. */
  readonly ready: string
  /** Scrapes once. */
  metrics(): Promise<Families>
  /** Scrapes until this holds; throws with the last scrape when it does not come to hold. */
  metricsWhen(holds: (families: Families) => boolean): Promise<Families>
}

/**
 * Starts a script with the preload flag, metrics on an ephemeral port of 127.0.0.1, and waits for the preload's line on
 * stderr and for the app's own line on stdout, `ready` or `ready <something>`.
 *
 * @param file a script that this Node.js runs without help: `.js`, `.mjs` or `.cjs`
 */
export async function startApp(file: string | URL, options: AppOptions = {}): Promise<App> {
  const { args = [], earlierOptions = [], nodeOptions = [], env = {} } = options
  const { preload = substitute === undefined ? '--import' : 'none' } = options
  const script = file instanceof URL ? fileURLToPath(file) : file
  const own = preload === 'none' ? [] : [preload, preload === '--import' ? REGISTER : REGISTER_CJS]
  const flags = substitute?.flags[script.endsWith('.cjs') ? 'cjs' : 'mjs'] ?? own
  const running = startProcess(NODE, [...earlierOptions, ...flags, ...nodeOptions, script, ...args], {
    env: {
      ...childEnv(),
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ...substitute?.env,
      ...env,
    },
  })
  try {
    const url = preload === 'none' ? undefined : running.line(/https?:\/\/\S+\/metrics/, 'stderr')
    const [announced, ready] = await Promise.all([url, running.line(/^ready(?: (.*))?$/)])
    const metrics = async () => {
      if (announced === undefined) throw new Error('the app was started without the preload')
      return scrape(announced[0])
    }
    return {
      ...running,
      ready: ready[1] ?? '',
      metrics,
      metricsWhen: (holds) => scrapeUntil(metrics, holds),
    }
  } catch (error) {
    await running.stop('SIGKILL')
    throw error
  }
}

/** Scrapes this URL once. */
export async function scrape(url: string): Promise<Families> {
  const response = await fetch(url)
  const text = await response.text()
  if (response.status !== 200) throw new Error(`${url} responded with ${response.status}: ${text}`)
  return parsePrometheusText(text)
}

/** Scrapes until this holds; throws with the last scrape when it does not come to hold. */
export async function scrapeUntil(
  metrics: () => Promise<Families>,
  holds: (families: Families) => boolean,
): Promise<Families> {
  let last: Families
  return until(
    async () => {
      last = await metrics()
      return holds(last) ? last : undefined
    },
    () => `${holds} of\n${describeSamples(last)}`,
  )
}

/** All samples of a scrape, one a line. */
export const describeSamples = (families: Families) =>
  [...families.values()].flatMap(({ samples }) => samples.map((sample) => JSON.stringify(sample))).join('\n')
