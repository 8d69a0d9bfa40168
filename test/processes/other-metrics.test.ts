import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { prometheusIsMissing } from '../e2e/real-prometheus.ts'
import { type Families, parsePrometheusText, sumOf } from '../harness/prometheus-text.ts'
import { createSite, type Running, requests, type Site } from './app.ts'

const SERVER = 'http_server_request_duration_seconds'
const CLIENT = 'http_client_request_duration_seconds'

/** How many requests are sent to each process. The app sends one more to itself for each. */
const REQUESTS = 3

describe("the metrics of HttpInstrumentation, which are not the table's", () => {
  const skip = prometheusIsMissing()
  let site: Site
  let first: Running & { port: number }
  let second: Running & { port: number }
  let alone: Families

  before(async () => {
    site = await createSite()
    first = await serving()
    await first.line(/metrics on http/, 'stderr')
    await drive(first.port)
    alone = await site.scrapeUntil((now) => sumOf(now, `${SERVER}_count`) === 2 * REQUESTS)
  })
  after(() => site.clear())

  async function serving(): Promise<Running & { port: number }> {
    const env = { AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true', OTEL_LOG_LEVEL: 'debug' }
    const running = site.node('../../otlp/apps/calls-itself.cjs', [], { env })
    return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
  }

  async function drive(port: number): Promise<void> {
    for (let i = 0; i < REQUESTS; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/call`, { headers: { connection: 'close' } })
      assert.equal(await response.text(), 'called')
    }
  }

  /** What each process served and requested, by the label that says whose number it is. */
  const countsOf = (families: Families, { child }: Running) =>
    [SERVER, CLIENT].map((name) => sumOf(families, `${name}_count`, { process: String(child.pid) }))

  it('are on the page of a process that is alone, without a label that says whose they are', () => {
    assert.deepEqual([sumOf(alone, `${SERVER}_count`), sumOf(alone, `${CLIENT}_count`)], [2 * REQUESTS, REQUESTS])
    const labels = [...alone.values()].flatMap(({ samples }) => samples.map((sample) => sample.labels))
    assert.ok(labels.every((each) => !('process' in each)))
  })

  it('stay on the page when a second process joins, and show both, which the label process tells apart', async () => {
    second = await serving()
    await second.line(/counted by the process that has port/, 'stderr')
    await drive(second.port)
    const shared = await site.scrapeUntil((now) => requests(now) === 4 * REQUESTS)
    assert.deepEqual([...shared.keys()], [...alone.keys()])
    for (const { name, type, help } of alone.values()) {
      assert.deepEqual([shared.get(name)?.type, shared.get(name)?.help], [type, help])
    }
    for (const running of [first, second]) assert.deepEqual(countsOf(shared, running), [2 * REQUESTS, REQUESTS])
    assert.equal(sumOf(shared, `${SERVER}_count`), 4 * REQUESTS)
  })

  it('are accepted by promtool', { skip }, async () => {
    const page = await (await fetch(`http://127.0.0.1:${site.port}/metrics`)).text()
    assert.ok(parsePrometheusText(page).has(SERVER))
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' })
    assert.deepEqual([status, stdout + stderr], [0, ''])
  })

  it('go with the process that ends, also when it had the port, and stay for the others', async () => {
    await first.stop('SIGKILL')
    const families = await site.scrapeUntil((now) => countsOf(now, first)[0] === 0)
    assert.deepEqual(countsOf(families, first), [0, 0])
    assert.deepEqual(countsOf(families, second), [2 * REQUESTS, REQUESTS])
  })
})
