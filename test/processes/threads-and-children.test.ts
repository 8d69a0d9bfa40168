import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sumOf } from '../harness/prometheus-text.ts'
import { createSite, type Running, requests, type Site } from './app.ts'

describe('an app with a worker thread and a forked child', () => {
  let site: Site
  let main: Running
  let ports: number[]

  before(async () => {
    site = await createSite()
    main = site.node('family.cjs')
    ports = ((await main.line(/^ready (.*)/))[1] ?? '').split(' ').map(Number)
  })
  after(() => site.clear())

  it('counts what each of them serves', async () => {
    for (const [i, port] of ports.entries()) {
      for (let n = 0; n <= i; n++) await ask(port)
    }
    await site.scrapeUntil((now) => requests(now) === 6)
    const families = await site.scrape()
    for (const [i, port] of ports.entries()) {
      assert.equal(sumOf(families, 'agentgateway_connections_total', { bind: String(port) }), i + 1)
    }
  })

  it('keeps what they counted to the last when they end, and lets go of their gauges', async () => {
    const held = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/`)))
    await site.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') >= 3)
    // Nothing waits between the last request and the end.
    for (let n = 0; n < 20; n++) await Promise.all(ports.slice(1).map(ask))
    main.child.stdin?.write('end\n')
    await main.line(/^ended 0 0$/)
    const families = await site.scrapeUntil((now) => sumOf(now, 'agentgateway_connections_active') <= 1)
    assert.equal(requests(families), 6 + held.length + 40)
  })

  it('ends when its own work is done, whoever is at the door', async () => {
    main.child.stdin?.write('close\n')
    assert.deepEqual(await main.exit(), { code: 0, signal: null })
  })
})

const ask = async (port: number) => {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  await response.text()
}
