import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE, scrape } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import {
  app,
  createDeployment,
  DEBUG,
  type Deployment,
  JOINED,
  requests,
  sendRequest,
  startServer,
} from './deployment.ts'

let deployment: Deployment
beforeEach(async () => {
  deployment = await createDeployment()
})
afterEach(() => deployment.clear())

const start = (env: Record<string, string> = {}, cwd?: string) => startServer(deployment, { env, ...(cwd && { cwd }) })

describe('processes that were started one by one', () => {
  it('are summed when their services have the same name, in whatever directory they run', async () => {
    const leader = await start({ OTEL_SERVICE_NAME: 'shop' })
    await leader.line(/metrics on http/, 'stderr')
    const follower = await start({ OTEL_SERVICE_NAME: 'shop', ...DEBUG }, '/')
    await follower.line(JOINED, 'stderr')
    await sendRequest(leader.port)
    await sendRequest(follower.port)
    const families = await deployment.scrapeUntil((now) => requests(now) === 2)
    assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), 2)
  })

  it('are two apps when their services differ: the second names the first on stderr, and serves its own metrics once the port is free', async () => {
    const shop = await start({ OTEL_SERVICE_NAME: 'shop' })
    await shop.line(/metrics on http/, 'stderr')
    const bakery = await start({ OTEL_SERVICE_NAME: 'bakery' })
    await bakery.line(
      new RegExp(
        `^agentgateway-otel: port ${deployment.port} is in use by another app \\(the service shop\\), .* OTEL_EXPORTER_PROMETHEUS_PORT`,
      ),
      'stderr',
    )
    await sendRequest(shop.port)
    await sendRequest(bakery.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    await shop.stop('SIGKILL')
    const families = await deployment.scrapeUntil(
      (now) => sumOf(now, 'agentgateway_requests_total', { gateway: 'bakery' }) === 1,
    )
    assert.equal(requests(families), 1)
    assert.equal(bakery.stderr().match(/in use/g)?.length, 1)
  })

  it('cannot forge a line on the stderr of another app by the name of their service', async () => {
    const shop = await start({ OTEL_SERVICE_NAME: 'shop\nagentgateway-otel: forged \u001b[31m' })
    await shop.line(/metrics on http/, 'stderr')
    const bakery = await start({ OTEL_SERVICE_NAME: 'bakery' })
    await bakery.line(/in use by another app \(the service shop.agentgateway-otel: forged .\[31m\)/, 'stderr')
    assert.doesNotMatch(bakery.stderr(), /^agentgateway-otel: forged/m)
    assert.ok(!bakery.stderr().includes('\u001b'))
  })

  it('are one app without a name only when they run the same script', async () => {
    const leader = await start()
    await leader.line(/metrics on http/, 'stderr')
    const follower = await start(DEBUG)
    await follower.line(JOINED, 'stderr')
    const other = deployment.node('cluster.js', ['1'], { env: DEBUG })
    await other.line(/in use by another app \(.*server\.cjs\)/, 'stderr')
  })
})

describe('an app that is started again', () => {
  it('counts from 0 when all of its processes have ended', async () => {
    const [leader, follower] = [await start(), await start(DEBUG)]
    await follower.line(JOINED, 'stderr')
    await sendRequest(leader.port)
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 2)
    await Promise.all([leader.stop('SIGKILL'), follower.stop('SIGKILL')])
    const again = await start()
    await deployment.scrapeUntil((now) => requests(now) === 0)
    await sendRequest(again.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
  })

  it('keeps its counts while one of its processes lives, even if a new process becomes the leader', async () => {
    const [first, second] = [await start(), await start(DEBUG)]
    await second.line(JOINED, 'stderr')
    await sendRequest(first.port)
    await sendRequest(second.port)
    await deployment.scrapeUntil((now) => requests(now) === 2)
    // While it is stopped it cannot take the port over.
    second.child.kill('SIGSTOP')
    await first.stop('SIGKILL')
    const third = await start()
    await third.line(/metrics on http/, 'stderr')
    assert.equal(requests(await deployment.scrape()), 2)
    second.child.kill('SIGCONT')
    await sendRequest(second.port)
    await sendRequest(third.port)
    await deployment.scrapeUntil((now) => requests(now) === 4)
  })
})

describe('a follower that is stopped by SIGSTOP', () => {
  it('delays one scrape to its deadline, is named on stderr once, and is summed again when it continues', async () => {
    const leader = await start()
    await leader.line(/metrics on http/, 'stderr')
    const follower = await start(DEBUG)
    await follower.line(JOINED, 'stderr')
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    follower.child.kill('SIGSTOP')
    await sendRequest(leader.port)
    for (let i = 0; i < 5; i++) assert.equal(requests(await deployment.scrape()), 2)
    await leader.line(new RegExp(`process ${follower.child.pid} does not respond`), 'stderr')
    assert.equal(leader.stderr().match(/does not respond/g)?.length, 1)
    follower.child.kill('SIGCONT')
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 3)
  })
})

describe('a metrics port that a program without the preload has', () => {
  it('is named on stderr, and served by the app as soon as it is free', async () => {
    const foreign = net.createServer((socket) => socket.destroy()).listen(deployment.port, '127.0.0.1')
    await once(foreign, 'listening')
    const server = await start()
    await server.line(
      new RegExp(`^agentgateway-otel: port ${deployment.port} is in use, .* OTEL_EXPORTER_PROMETHEUS_PORT`),
      'stderr',
    )
    await sendRequest(server.port)
    foreign.close()
    await deployment.scrapeUntil((now) => requests(now) === 1)
    await server.line(/metrics on http/, 'stderr')
  })
})

describe('AGENTGATEWAY_PER_PROCESS', () => {
  it('gives each process an endpoint of its own, and writes the address on stderr', async () => {
    const env = { AGENTGATEWAY_PER_PROCESS: 'true' }
    const first = await start(env)
    await first.line(/metrics on http/, 'stderr')
    const second = await start(env)
    const [url] = await second.line(/http:\S+\/metrics/, 'stderr')
    assert.notEqual(new URL(url).port, String(deployment.port))
    await sendRequest(first.port)
    await sendRequest(second.port)
    await sendRequest(second.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    assert.equal(requests(await scrape(url)), 2)
  })
})

describe('a process that ends while another process has the port', () => {
  for (const [when, args] of [
    ['at once', []],
    ['after it has joined its leader', ['after stdin']],
  ] as const) {
    it(`has the same exit code, listeners, environment and globals as without the preload: ${when}`, async () => {
      const leader = deployment.node('exits.cjs', ['after stdin'], { env: DEBUG })
      await leader.line(/metrics on http/, 'stderr')
      const follower = deployment.node('exits.cjs', args, { env: DEBUG })
      if (args.length > 0) await follower.line(JOINED, 'stderr')
      const alone = deployment.run(NODE, [app('exits.cjs'), ...args], { env: DEBUG })
      for (const process of [follower, alone]) process.child.stdin?.end()
      assert.equal((await follower.exit()).code, (await alone.exit()).code)
      assert.equal(follower.stdout(), alone.stdout())
    })
  }
})
