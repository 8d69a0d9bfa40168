import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { type Families, parsePrometheusText, sumOf } from '../harness/prometheus-text.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { createDeployment, DEBUG, type Deployment, JOINED, requests, type Server } from './deployment.ts'

const SERVER = 'http_server_request_duration_seconds'
const CLIENT = 'http_client_request_duration_seconds'

/** The requests that are sent to each process, which sends one more to itself for each. */
const REQUESTS = 3

describe("the metrics of HttpInstrumentation, which are not the table's", () => {
  const skip = prometheusIsMissing()
  let deployment: Deployment
  let first: Server
  let second: Server
  let alone: Families

  before(async () => {
    deployment = await createDeployment()
    first = await start()
    await first.line(/metrics on http/, 'stderr')
    await drive(first.port)
    alone = await deployment.scrapeUntil((now) => sumOf(now, `${SERVER}_count`) === 2 * REQUESTS)
  })
  after(() => deployment.clear())

  async function start(): Promise<Server> {
    const env = { ...DEBUG, AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' }
    const running = deployment.node('../../otlp/apps/calls-itself.cjs', [], { env })
    return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
  }

  async function drive(port: number): Promise<void> {
    for (let i = 0; i < REQUESTS; i++) {
      const response = await fetch(`http://127.0.0.1:${port}/call`, { headers: { connection: 'close' } })
      assert.equal(await response.text(), 'called')
    }
  }

  /** The requests that a process served and sent, found by the label `process`. */
  const countsOf = (families: Families, { child }: Server) =>
    [SERVER, CLIENT].map((name) => sumOf(families, `${name}_count`, { process: String(child.pid) }))

  it('are in the exposition of a process that is alone, without the label `process`', () => {
    assert.deepEqual([sumOf(alone, `${SERVER}_count`), sumOf(alone, `${CLIENT}_count`)], [2 * REQUESTS, REQUESTS])
    const labels = [...alone.values()].flatMap(({ samples }) => samples.map((sample) => sample.labels))
    assert.ok(labels.every((each) => !('process' in each)))
  })

  it('are in the exposition of two processes, which the label `process` tells apart', async () => {
    second = await start()
    await second.line(JOINED, 'stderr')
    await drive(second.port)
    const shared = await deployment.scrapeUntil((now) => requests(now) === 4 * REQUESTS)
    assert.deepEqual([...shared.keys()], [...alone.keys()])
    for (const { name, type, help } of alone.values()) {
      assert.deepEqual([shared.get(name)?.type, shared.get(name)?.help], [type, help])
    }
    for (const running of [first, second]) assert.deepEqual(countsOf(shared, running), [2 * REQUESTS, REQUESTS])
    assert.equal(sumOf(shared, `${SERVER}_count`), 4 * REQUESTS)
  })

  it('are accepted by promtool', { skip }, async () => {
    const exposition = await (await fetch(`http://127.0.0.1:${deployment.port}/metrics`)).text()
    assert.ok(parsePrometheusText(exposition).has(SERVER))
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: exposition,
      encoding: 'utf8',
    })
    assert.deepEqual([status, stdout + stderr], [0, ''])
  })

  it('vanish with the process that ends, even if it was the leader, and stay for the others', async () => {
    await first.stop('SIGKILL')
    const families = await deployment.scrapeUntil((now) => countsOf(now, first)[0] === 0)
    assert.deepEqual(countsOf(families, first), [0, 0])
    assert.deepEqual(countsOf(families, second), [2 * REQUESTS, REQUESTS])
  })
})
