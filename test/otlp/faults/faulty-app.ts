import assert from 'node:assert/strict'
import { type App, startApp } from '../../harness/app.ts'
import { until } from '../../harness/until.ts'
import { type Fault, FaultyCollector } from './faulty-collector.ts'

const APP = new URL('../apps/names-its-resources.js', import.meta.url)

export interface FaultyRun {
  /** What the collector does wrong at first. Default: nothing. */
  readonly fault?: Fault
  readonly intervalMs: number
  /** Default: one without TLS. */
  readonly collector?: FaultyCollector
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs an app that sends to a collector, and asserts that it notices nothing: nothing but its own pipes keeps it alive, it
 * ends when it is done, and it has no error and no warning. No secret of the URL is on stderr.
 */
export async function withApp(
  { fault, intervalMs, collector = new FaultyCollector(), env = {} }: FaultyRun,
  test: (app: App, collector: FaultyCollector) => Promise<unknown>,
): Promise<void> {
  await collector.listen()
  collector.turn(fault)
  const app = await startApp(APP, {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('//', '//user:secret@'),
      OTEL_METRIC_EXPORT_INTERVAL: String(intervalMs),
      OTEL_METRIC_EXPORT_TIMEOUT: String(intervalMs),
      AGENTGATEWAY_EXPORT_AT_END: 'false',
      ...env,
    },
  })
  try {
    await test(app, collector)
    await until(
      () => {
        app.writeLine('')
        const [, resources = '[]'] = [...app.stdout().matchAll(/^resources (.*)$/gm)].at(-1) ?? []
        // A socket may have a request to the system, for a moment.
        const others = (JSON.parse(resources) as string[]).filter((name) => name !== 'PipeWrap')
        for (const name of others) assert.match(name, /^(?:Connect|Write|Shutdown)Wrap$/)
        return (resources !== '[]' && others.length === 0) || undefined
      },
      () => app.stdout(),
    )
    app.child.stdin?.end()
    assert.deepEqual(await app.exit(), { code: 0, signal: null })
    assert.match(app.stdout(), /^problems \[\]$/m)
    assert.doesNotMatch(app.stderr(), /secret/)
  } finally {
    await app.stop('SIGKILL')
    await collector.close()
  }
}

/** Waits until this many exports have arrived since the collector's last change. */
export const exportsArrive = (collector: FaultyCollector, count: number) =>
  until(
    () => collector.requests >= count || undefined,
    () => `${collector.requests} of ${count} exports arrived`,
  )

const TIMED_OUT = /^no response within \d+ ms$/

/** Asserts that one thing is said on stderr of where the metrics go, and that it is this. */
export function assertSaid(app: App, { url }: FaultyCollector, says: RegExp): void {
  const said = saidOf(app, url)
  // On a busy machine an export may also run out of time.
  const others = said.length > 1 ? said.filter((text) => !TIMED_OUT.test(text)) : said
  assert.equal(others.length, 1, app.stderr())
  assert.match(others[0] ?? '', says)
}

/** Asserts that nothing is on stderr but where the metrics are. */
export const assertNothingSaid = (app: App) =>
  assert.match(app.stderr(), /^agentgateway-otel: \S+, metrics on http\S+\n$/)

/** Returns what the lines on stderr say after where the metrics go, but for that they arrive again. */
function saidOf(app: App, url: string): string[] {
  const lines = app.stderr().matchAll(/^agentgateway-otel: (?:cannot send metrics|metrics were sent) to (\S+) ?(.*)$/gm)
  return Array.from(lines, ([, where, text = '']) => {
    assert.equal(where?.replace(/,$/, ''), `${url}/v1/metrics`)
    return text.replace(/^but /, '').replace(/^\((.*)\); trying again with each export$/, '$1')
  })
}

/** Mends the collector, and asserts that exports arrive again, over one connection, and that this is said if they failed. */
export async function assertRecovers(app: App, collector: FaultyCollector, mend = () => {}): Promise<void> {
  mend()
  collector.turn()
  await exportsArrive(collector, 3)
  if (app.stderr().includes('cannot send')) await app.line(/metrics are sent to \S+ again$/, 'stderr')
  await until(() => collector.open <= 1 || undefined)
  collector.turn()
  await until(() => collector.requests - collector.connections >= 2 || undefined)
}
