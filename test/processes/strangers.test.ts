import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE } from '../harness/app.ts'
import { parsePrometheusText, sumOf } from '../harness/prometheus-text.ts'
import { app, createSite, type Running, requests, type Site } from './app.ts'

let site: Site
beforeEach(async () => {
  site = await createSite()
})
afterEach(() => site.clear())

const DEBUG = { OTEL_LOG_LEVEL: 'debug' }
const JOINED = /counted by the process that has port/

async function serving(env: Record<string, string> = {}, cwd?: string): Promise<Running & { port: number }> {
  const running = site.node('server.cjs', [], { env, ...(cwd && { cwd }) })
  return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
}

const ask = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()

describe('processes that nobody forked together', () => {
  it('are one app when their service has one name, wherever they run', async () => {
    const first = await serving({ OTEL_SERVICE_NAME: 'shop' })
    await first.line(/metrics on http/, 'stderr')
    const second = await serving({ OTEL_SERVICE_NAME: 'shop', ...DEBUG }, '/')
    await second.line(JOINED, 'stderr')
    await ask(first.port)
    await ask(second.port)
    const families = await site.scrapeUntil((now) => requests(now) === 2)
    assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), 2)
  })

  it('are two when it has not: the second is told of, and serves its own as soon as the port is free', async () => {
    const first = await serving({ OTEL_SERVICE_NAME: 'shop' })
    await first.line(/metrics on http/, 'stderr')
    const second = await serving({ OTEL_SERVICE_NAME: 'bakery' })
    await second.line(
      new RegExp(
        `^agentgateway-otel: port ${site.port} is in use by another app \\(the service shop\\), .* OTEL_EXPORTER_PROMETHEUS_PORT`,
      ),
      'stderr',
    )
    await ask(first.port)
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    await first.stop('SIGKILL')
    const families = await site.scrapeUntil(
      (now) => sumOf(now, 'agentgateway_requests_total', { gateway: 'bakery' }) === 1,
    )
    assert.equal(requests(families), 1)
    assert.equal(second.stderr().match(/in use/g)?.length, 1)
  })

  it('forge no line on each other’s stderr by their names', async () => {
    const first = await serving({ OTEL_SERVICE_NAME: 'shop\nagentgateway-otel: forged \u001b[31m' })
    await first.line(/metrics on http/, 'stderr')
    const second = await serving({ OTEL_SERVICE_NAME: 'bakery' })
    await second.line(/in use by another app \(the service shop.agentgateway-otel: forged .\[31m\)/, 'stderr')
    assert.doesNotMatch(second.stderr(), /^agentgateway-otel: forged/m)
    assert.ok(!second.stderr().includes('\u001b'))
  })

  it('are one without a name only where one started the other, or they run the same script', async () => {
    const first = await serving()
    await first.line(/metrics on http/, 'stderr')
    const same = await serving(DEBUG)
    await same.line(JOINED, 'stderr')
    const other = site.node('cluster.js', ['1'], { env: DEBUG })
    await other.line(/in use by another app \(.*server\.cjs\)/, 'stderr')
  })
})

describe('an app that is started anew', () => {
  it('begins at 0 when all of its processes have ended', async () => {
    const [first, second] = [await serving(), await serving(DEBUG)]
    await second.line(JOINED, 'stderr')
    await ask(first.port)
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 2)
    await Promise.all([first.stop('SIGKILL'), second.stop('SIGKILL')])
    const again = await serving()
    await site.scrapeUntil((now) => requests(now) === 0)
    await ask(again.port)
    await site.scrapeUntil((now) => requests(now) === 1)
  })

  it('goes on while one of its processes lives, even if a new one is the first at the port', async () => {
    const [first, second] = [await serving(), await serving(DEBUG)]
    await second.line(JOINED, 'stderr')
    await ask(first.port)
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 2)
    // It cannot reach for the port while it is stopped.
    second.child.kill('SIGSTOP')
    await first.stop('SIGKILL')
    const third = await serving()
    await third.line(/metrics on http/, 'stderr')
    assert.equal(requests(await site.scrape()), 2)
    second.child.kill('SIGCONT')
    await ask(second.port)
    await ask(third.port)
    await site.scrapeUntil((now) => requests(now) === 4)
  })
})

describe('a process that is stopped', () => {
  it('delays one scrape to its deadline, is named once, and catches up', async () => {
    const first = await serving()
    await first.line(/metrics on http/, 'stderr')
    const second = await serving(DEBUG)
    await second.line(JOINED, 'stderr')
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    second.child.kill('SIGSTOP')
    await ask(first.port)
    for (let i = 0; i < 5; i++) assert.equal(requests(await site.scrape()), 2)
    await first.line(new RegExp(`process ${second.child.pid} does not respond`), 'stderr')
    assert.equal(first.stderr().match(/does not respond/g)?.length, 1)
    second.child.kill('SIGCONT')
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 3)
  })
})

describe('a port that something else has', () => {
  it('is told of in a line, and taken when it is free', async () => {
    const foreign = net.createServer((socket) => socket.destroy()).listen(site.port, '127.0.0.1')
    await once(foreign, 'listening')
    const server = await serving()
    await server.line(
      new RegExp(`^agentgateway-otel: port ${site.port} is in use, .* OTEL_EXPORTER_PROMETHEUS_PORT`),
      'stderr',
    )
    await ask(server.port)
    foreign.close()
    await site.scrapeUntil((now) => requests(now) === 1)
    await server.line(/metrics on http/, 'stderr')
  })
})

describe('AGENTGATEWAY_PER_PROCESS', () => {
  it('gives each process an endpoint of its own, whose address it says', async () => {
    const env = { AGENTGATEWAY_PER_PROCESS: 'true' }
    const first = await serving(env)
    await first.line(/metrics on http/, 'stderr')
    const second = await serving(env)
    const [url] = await second.line(/http:\S+\/metrics/, 'stderr')
    assert.notEqual(new URL(url).port, String(site.port))
    await ask(first.port)
    await ask(second.port)
    await ask(second.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    assert.equal(requests(parsePrometheusText(await (await fetch(url)).text())), 2)
  })
})

describe('a process that shares an endpoint', () => {
  for (const [what, wait] of [
    ['at once', 0],
    ['after a while', 1500],
  ] as const) {
    it(`ends ${what} as it does alone, and looks the same to its app`, async () => {
      const leader = site.node('exits.cjs', ['60000'])
      await leader.line(/metrics on http/, 'stderr')
      const alone = site.run(NODE, [app('exits.cjs'), String(wait)])
      const { code } = await alone.exit()
      const shared = site.node('exits.cjs', [String(wait)])
      assert.equal((await shared.exit()).code, code)
      assert.equal(shared.stdout(), alone.stdout())
    })
  }
})
