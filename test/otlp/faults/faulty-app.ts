import assert from 'node:assert/strict'
import { type App, startApp } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import { type Fault, FaultyCollector } from './faulty-collector.ts'

const APP = new URL('../apps/names-its-resources.js', import.meta.url)

/** A collector that can do something wrong, by HTTP or by gRPC. */
export interface TestCollector<F = never> {
  /** Where metrics go, as the preload shows it. */
  readonly target: string
  /** The variables by which an app sends to it. */
  readonly env: Readonly<Record<string, string>>
  /** How many requests arrived since the last change of what it does wrong. */
  readonly requests: number
  /** How many connections were accepted since then. */
  readonly connections: number
  /** How many connections are open. */
  readonly open: number
  /** Listens, on the port that it had if it had one. */
  listen(): Promise<void>
  /** Does this wrong from now on; nothing by default. */
  turn(fault?: F): void
  /** Stops listening, and closes all connections. */
  close(): Promise<void>
}

export interface FaultyRun<F> {
  /** What the collector does wrong at first. Default: nothing. */
  readonly fault?: F | undefined
  readonly intervalMs: number
  readonly collector: TestCollector<F>
  readonly env?: Readonly<Record<string, string>>
}

/** Runs `runApp` with a collector by HTTP, by default one without TLS. */
export const withApp = (
  { collector = new FaultyCollector(), ...run }: Omit<FaultyRun<Fault>, 'collector'> & { collector?: FaultyCollector },
  test: (app: App, collector: FaultyCollector) => Promise<unknown>,
) => runApp({ ...run, collector }, (app) => test(app, collector))

/**
 * Runs an app that sends to a collector, and asserts that it notices nothing: nothing but its own pipes keeps it alive, it
 * ends when it is done, and it has no error and no warning. No secret of the URL is on stderr.
 */
export async function runApp<F>(
  { fault, intervalMs, collector, env = {} }: FaultyRun<F>,
  test: (app: App) => Promise<unknown>,
): Promise<void> {
  await collector.listen()
  collector.turn(fault)
  const app = await startApp(APP, {
    env: {
      ...collector.env,
      OTEL_METRIC_EXPORT_INTERVAL: String(intervalMs),
      OTEL_METRIC_EXPORT_TIMEOUT: String(intervalMs),
      AGENTGATEWAY_EXPORT_AT_END: 'false',
      ...env,
    },
  })
  try {
    await test(app)
    await untilNothingElse(app)
    app.child.stdin?.end()
    assert.deepEqual(await app.exit(), { code: 0, signal: null })
    assert.match(app.stdout(), /^problems \[\]$/m)
    assert.doesNotMatch(app.stderr(), /secret/)
  } finally {
    await app.stop('SIGKILL')
    await collector.close()
  }
}

/**
 * Waits until the app's pipes alone keep it alive. For a moment a socket may have a request to the system, and HTTP/2 an
 * immediate.
 */
async function untilNothingElse(app: App): Promise<void> {
  await until(
    () => {
      app.writeLine('')
      const [, resources = '[]'] = [...app.stdout().matchAll(/^resources (.*)(?=\n)/gm)].at(-1) ?? []
      const others = (JSON.parse(resources) as string[]).filter((name) => name !== 'PipeWrap')
      for (const name of others) assert.match(name, /^(?:(?:Connect|Write|Shutdown)Wrap|Immediate)$/)
      return (resources !== '[]' && others.length === 0) || undefined
    },
    () => app.stdout(),
  )
}

/** Waits until this many exports have arrived since the collector's last change. */
export const exportsArrive = (collector: TestCollector, count: number) =>
  until(
    () => collector.requests >= count || undefined,
    () => `${collector.requests} of ${count} exports arrived`,
  )

const TIMED_OUT = /^no response within \d+ ms$/

/** Asserts that one thing is said on stderr of where the metrics go, and that it is this. */
export function assertSaid(app: App, { target }: TestCollector, says: RegExp): void {
  const said = saidOf(app, target)
  // On a busy machine an export may also run out of time.
  const others = said.length > 1 ? said.filter((text) => !TIMED_OUT.test(text)) : said
  assert.equal(others.length, 1, app.stderr())
  assert.match(others[0] ?? '', says)
}

/** Asserts that nothing is on stderr but where the metrics are. */
export const assertNothingSaid = (app: App) =>
  assert.match(app.stderr(), /^agentgateway-otel: \S+, metrics on http\S+\n$/)

/** Returns what the lines on stderr say after where the metrics go, but for that they arrive again. */
function saidOf(app: App, target: string): string[] {
  const lines = app.stderr().matchAll(/^agentgateway-otel: (?:cannot send metrics|metrics were sent) to (\S+) ?(.*)$/gm)
  return Array.from(lines, ([, where, text = '']) => {
    assert.equal(where?.replace(/,$/, ''), target)
    return text
      .replace(/^but /, '')
      .replace(/^\((.*)\); (?:trying again with each export|that data is not sent again)$/, '$1')
  })
}

/** Mends the collector, and asserts that exports arrive again, over one connection, and that this is said if they failed. */
export async function assertRecovers(app: App, collector: TestCollector, mend = () => {}): Promise<void> {
  mend()
  collector.turn()
  await exportsArrive(collector, 3)
  if (app.stderr().includes('cannot send')) await app.line(/metrics are sent to \S+ again$/, 'stderr')
  await until(() => collector.open <= 1 || undefined)
  collector.turn()
  await until(() => collector.requests - collector.connections >= 2 || undefined)
}
