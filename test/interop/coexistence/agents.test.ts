import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, startApp } from '../../harness/app.ts'
import { sumOf } from '../../harness/prometheus-text.ts'
import { AGENTS, type Agent } from './agents.ts'
import type { Collector, Told } from './collectors/collector.ts'
import { serveJson } from './collectors/server.ts'

const PATHS = ['/items/1', '/items/2', '/call/1', '/items/3', '/fail/1', '/call/2', '/fail/2', '/items/4']
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const ROUTES = { '/items/:id': 4, '/call/:id': 2, '/fail/:id': 2 }

type System = 'cjs' | 'mjs'
type Order = 'alone' | 'after us' | 'before us' | 'inside the app'
type Headers = Readonly<Record<string, string>>

/** What an app was seen to do. */
interface Seen {
  /** Statuses and bodies, the headers that others got from it by their names alone: values differ from run to run. */
  readonly answers: readonly unknown[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: unknown
}

/** The headers that the app's calls arrived with, one pair for each request that calls. */
interface Call {
  readonly fetch: Headers
  readonly http: Headers
}

/** Waits for this to hold; how long that takes is the agent's to choose. */
async function until(holds: () => boolean, what: () => string): Promise<void> {
  const deadline = performance.now() + Number(process.env.DEV_MS ?? 30_000)
  while (!holds()) {
    if (performance.now() > deadline) assert.fail(`did not come to hold: ${what()}`)
    await sleep(20)
  }
}

describe('an app that an agent watches', () => {
  let backend: Awaited<ReturnType<typeof serveJson>>
  before(async () => {
    backend = await serveJson((_path, _body, headers) => headers)
  })
  after(() => backend.close())

  async function run(agent: Agent, system: System, order: Order, collector: Collector) {
    const flags = order === 'inside the app' ? [] : agent.flags[system]
    const inside = order === 'inside the app' ? agent.inside[system] : undefined
    const app = await startApp(new URL(`./apps/express.${system}`, import.meta.url), {
      preload: order === 'alone' ? 'none' : '--import',
      ...(order === 'before us' ? { earlierOptions: flags } : { nodeOptions: flags }),
      env: {
        ...collector.env,
        BACKEND: `http://127.0.0.1:${backend.port}/`,
        ...(inside === undefined ? {} : { AGENT: inside }),
      },
    })
    try {
      return await observe(app, order, collector)
    } finally {
      await app.stop('SIGKILL')
    }
  }

  async function observe(app: App, order: Order, collector: Collector) {
    const answers: unknown[] = []
    const calls: Call[] = []
    for (const [i, path] of PATHS.entries()) {
      const response = await fetch(`http://127.0.0.1:${app.ready}${path}`, {
        headers: { connection: 'close', traceparent: `00-${TRACE}-000000000000000${i + 1}-01` },
      })
      const body = (await response.json()) as object
      if ('fetch' in body) calls.push(body as Call)
      const names = Object.entries(body).map(([key, value]) => [key, value instanceof Object ? Object.keys(value) : value])
      answers.push([response.status, names])
    }
    const { told } = collector
    const served = () => told().spans.filter(({ isServer }) => isServer).length
    const { metric, errors } = told()
    await until(
      () =>
        served() >= PATHS.length &&
        (metric === undefined || told().metric === PATHS.length) &&
        (errors === undefined || told().errors === 2),
      () => JSON.stringify({ served: served(), ...told() }),
    )
    const families = order === 'alone' ? undefined : await app.metricsWhen(
      (families) => sumOf(families, 'agentgateway_requests_total') >= PATHS.length,
    )
    app.say('end')
    const exit = await app.exit()
    const seen: Seen = {
      answers,
      exit,
      stdout: app.stdout().replace(/^ready \d+$/m, ''),
      stderr: app.stderr().replaceAll(/^agentgateway-otel: .*\n/gm, ''),
    }
    return { seen, calls, told: told(), families, ours: app.stderr().match(/^agentgateway-otel: .*$/gm) ?? [] }
  }

  /** That the request that arrived with this header is the work of a span that the agent told of, under one that serves. */
  function assertCarriesTrace(header: string | undefined, { spans }: Told): void {
    const [, id] = /([0-9a-f]{16})-0?1$/.exec(header ?? '') ?? []
    assert.ok(id, `no trace was carried on: ${header}`)
    let span = spans.find((span) => span.id === id)
    while (span !== undefined && !span.isServer) span = spans.find(({ id }) => id === span?.parent)
    assert.ok(span?.isServer, `${id} is not under a span that serves: ${JSON.stringify(spans)}`)
  }

  for (const [name, agent] of Object.entries(AGENTS)) {
    for (const system of ['cjs', 'mjs'] as const) {
      const orders: Order[] = ['after us', 'before us']
      if (agent.inside[system] !== undefined) orders.push('inside the app')
      describe(`${name}, ${system === 'cjs' ? 'CommonJS' : 'ES modules'}`, () => {
        let alone: Seen
        const each = async (order: Order) => {
          const collector = await agent.start()
          try {
            return await run(agent, system, order, collector)
          } finally {
            await collector.close()
          }
        }
        before(async () => {
          alone = (await each('alone')).seen
        })

        for (const order of orders) {
          it(`${order}: loses nothing, and counts what we count`, async () => {
            const { seen, calls, told, families, ours } = await each(order)
            assert.ok(families)
            assert.equal(told.spans.filter(({ isServer }) => isServer).length, PATHS.length)
            for (const [route, count] of Object.entries(ROUTES)) {
              assert.equal(sumOf(families, 'agentgateway_requests_total', { route }), count, route)
            }
            assert.equal(sumOf(families, 'agentgateway_requests_total'), PATHS.length)
            assert.equal(calls.length, 2)
            for (const { http, fetch } of calls) {
              assertCarriesTrace(http[agent.header], told)
              if (agent.watchesFetch) assertCarriesTrace(fetch[agent.header], told)
            }
            assert.equal(ours.length, 1)
            const marks = /,?Symbol\(agentgateway-otel\.started\)/
            assert.match(seen.stdout, marks)
            assert.deepEqual({ ...seen, stdout: seen.stdout.replace(marks, '') }, alone)
          })
        }
      })
    }
  }
})
