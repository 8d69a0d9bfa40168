import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { RunningProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { createDeployment, type Deployment, requests, sendRequest } from './deployment.ts'

describe('an app with a worker thread and a forked child', () => {
  let deployment: Deployment
  let main: RunningProcess
  /** Of the main thread, the worker thread and the child. */
  let ports: number[]

  before(async () => {
    deployment = await createDeployment()
    main = deployment.node('family.cjs')
    ports = ((await main.line(/^ready (.*)/))[1] ?? '').split(' ').map(Number)
  })
  after(() => deployment.clear())

  it('has the requests and connections of all three in one scrape', async () => {
    for (const [i, port] of ports.entries()) {
      for (let n = 0; n <= i; n++) await sendRequest(port)
    }
    await deployment.scrapeUntil((now) => requests(now) === 6)
    const families = await deployment.scrape()
    for (const [i, port] of ports.entries()) {
      assert.equal(sumOf(families, 'agentgateway_connections_total', { bind: String(port) }), i + 1)
    }
  })

  it('keeps the last counts of a thread and a child that end, and drops their gauges', async () => {
    const held = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/`)))
    await deployment.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') >= 3)
    // Nothing waits between the last request and the end.
    for (let n = 0; n < 20; n++) await Promise.all(ports.slice(1).map(sendRequest))
    main.writeLine('end')
    await main.line(/^ended 0 0$/)
    const families = await deployment.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') <= 1)
    assert.equal(requests(families), 6 + held.length + 40)
  })

  it('ends by itself when its own work is done, though it is the leader', async () => {
    main.writeLine('close')
    assert.deepEqual(await main.exit(), { code: 0, signal: null })
  })
})
