import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../harness/environment.ts'
import { APP_NAMES, APPS } from './apps/index.ts'
import { renderDocuments } from './report/documents.ts'
import { summarizeAddedRatio, summarizeRatio } from './report/ratios.ts'
import { summarizeToBetterClient } from './scenarios/scrape.ts'
import { START_UP } from './scenarios/start-up.ts'
import { CLIENTS, OURS as OUR_SCRAPE } from './scrape/cases.ts'
import { measureScrapes, type ScrapeRunSize } from './scrape/measure-scrapes.ts'
import { measureSideBySide, type RunSize } from './side-by-side.ts'
import { BARE, DD_TRACE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT, VARIANTS, type Variant } from './variants/index.ts'

const TINY: RunSize = { rounds: 1, warmUp: 5, turns: 2, requests: 20, connections: 3 }
/** The number of requests of a `TINY` run: the warm-up, and two turns. */
const TINY_REQUESTS = 45

const LOOPBACK_ONLY = ['--require', fileURLToPath(new URL('./apps/loopback-only.cjs', import.meta.url))]

const subjectsOf = (...variants: readonly Variant[]) => variants.map((variant) => ({ name: variant.name, variant }))
const firstAppOf = ({ apps = APP_NAMES }: Variant) => APPS[apps[0] ?? 'hello']

describe('the benchmark', () => {
  it('prints a row for every variant in its short form', async () => {
    const bench = fileURLToPath(new URL('./bench.ts', import.meta.url))
    // A benchmark that hangs is ended, so that its failure is seen.
    const options = { env: childEnv(), timeout: 600_000 }
    const { stdout } = await promisify(execFile)(process.execPath, [bench, '--short'], options)
    for (const { name } of VARIANTS) assert.ok(stdout.includes(`\n| ${name} `), name)
    assert.doesNotMatch(stdout, /NaN|Infinity|undefined/)
  })

  for (const variant of VARIANTS) {
    it(`runs ${variant.name} without reaching anything but the loopback interface`, async () => {
      const guarded = { ...variant, flags: [...LOOPBACK_ONLY, ...variant.flags] }
      const { cpuMicroseconds } = await measureSideBySide(firstAppOf(variant), subjectsOf(guarded), TINY)
      assert.equal(cpuMicroseconds[variant.name]?.length, TINY.rounds)
    })
  }

  it('fails when a variant has not counted exactly the requests that were sent', async () => {
    const miscounting: Variant = {
      ...OURS,
      countsOf: (...args) => (OURS.countsOf?.(...args) ?? []).map((count) => count + 1),
    }
    await assert.rejects(
      measureSideBySide(APPS.hello, subjectsOf(miscounting), TINY),
      /agentgateway-otel counted 46\b.* of 45 requests to hello/,
    )
  })

  it('fails when a variant tries to reach the network', async () => {
    // 192.0.2.1 is reserved for documentation (RFC 5737).
    const connectElsewhere =
      'data:text/javascript,import{connect}from"node:net";connect(80,"192.0.2.1").on("error",()=>{})'
    const variant: Variant = { ...BARE, flags: [...LOOPBACK_ONLY, '--import', connectElsewhere] }
    await assert.rejects(measureSideBySide(APPS.hello, subjectsOf(variant), TINY), /tried to reach 192\.0\.2\.1/)
  })

  it('measures dd-trace while it traces every request that is sent', async () => {
    let traces = 0
    const agent = createServer((request, response) => {
      traces += Number(request.headers['x-datadog-trace-count'] ?? 0)
      request.resume()
      response.end('{}')
    })
    agent.listen(0, '127.0.0.1')
    await once(agent, 'listening')
    const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}`
    // dd-trace sends its traces at the end of the interval, so the load must last longer than that.
    const env = { ...DD_TRACE.env, DD_TRACE_AGENT_URL: url, DD_TRACE_FLUSH_INTERVAL: '50' }
    await measureSideBySide(APPS.hello, subjectsOf({ ...DD_TRACE, env }), { ...TINY, turns: 20 })
    agent.close()
    assert.ok(traces >= TINY_REQUESTS, `${traces} traces`)
  })
})

/** Passes when one of three attempts returns no failures: noise does not make all three fail, but a real regression does. */
async function assertPassesOnce(attempt: () => Promise<readonly string[]>): Promise<void> {
  const failures: (readonly string[])[] = []
  for (let i = 0; i < 3; i++) {
    const failuresOfAttempt = await attempt()
    if (failuresOfAttempt.length === 0) return
    failures.push(failuresOfAttempt)
  }
  assert.fail(failures.map((failuresOfAttempt) => failuresOfAttempt.join(', ')).join('\n'))
}

describe('agentgateway-otel costs at most twice what its targets allow:', () => {
  it('the CPU that it adds to a request, relative to prom-client and HttpInstrumentation', async () => {
    const variants = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
    // The compiler is at work during the first ten thousand requests or so.
    const size: RunSize = { rounds: 2, warmUp: 20_000, turns: 8, requests: 500, connections: 16 }
    await assertPassesOnce(async () => {
      const { cpuMicroseconds } = await measureSideBySide(APPS.hello, subjectsOf(...variants), size)
      // Where an alternative seems to add nothing, there is too much noise for a conclusion.
      const isConclusive = (name: string) => summarizeRatio(cpuMicroseconds, name).median > 1.05
      return [
        { name: PROM_CLIENT.name, atMost: 2 * 0.7 },
        { name: HTTP_INSTRUMENTATION.name, atMost: 2 / 6 },
      ].flatMap(({ name, atMost }) => {
        const { median } = summarizeAddedRatio(cpuMicroseconds, name)
        return isConclusive(name) && median > atMost ? [`${median} of what ${name} adds`] : []
      })
    })
  })

  it('the time that it adds to a start, relative to prom-client and HttpInstrumentation', async () => {
    await assertPassesOnce(async () => {
      const variants = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
      const { process: { wallMs = {} } = {} } = await START_UP.measure({ short: true, variants, cases: [], log() {} })
      return [PROM_CLIENT, HTTP_INSTRUMENTATION].flatMap(({ name }) => {
        const { median } = summarizeAddedRatio(wallMs, name)
        return median > 2 ? [`${median} of what ${name} adds`] : []
      })
    })
  })
})

describe('a scrape costs at most twice what its targets allow:', () => {
  const contestants = [OUR_SCRAPE, ...CLIENTS]
  const size: ScrapeRunSize = { rounds: 1, turns: 5, warmUp: 8, scrapes: 4 }

  for (const [lines, format, encoding] of [
    [2000, 'text', 'identity'],
    [9000, 'text', 'identity'],
    [9000, 'openmetrics', 'identity'],
    [20_000, 'text', 'gzip'],
    [92_000, 'text', 'identity'],
  ] as const) {
    it(`${lines} lines, ${format}, ${encoding}: CPU, the longest slice, and memory`, async () => {
      const scrapeCase = { contestants, lines, format, encoding, changed: 100, collections: 0, processes: 1 }
      await assertPassesOnce(async () => {
        const costs = await measureScrapes(scrapeCase, lines > 20_000 ? { ...size, warmUp: 2, scrapes: 2 } : size)
        const ours = (measure: string) => costs[measure]?.[OUR_SCRAPE]?.[0] ?? Number.NaN
        // Compressing costs the same CPU, in another thread, whoever does it.
        const measure = encoding === 'gzip' ? 'threadMs' : 'cpuMs'
        return [
          {
            what: 'of the CPU of the better client',
            is: summarizeToBetterClient(costs, measure).median,
            atMost: 2 * 0.5,
          },
          { what: 'ms of CPU in one slice', is: ours('sliceMs'), atMost: 2 * 5 },
          // In a short text, the garbage of any HTTP request weighs more.
          ...(lines < 9000
            ? []
            : [{ what: 'of the text in memory', is: ours('usedBytes') / ours('textBytes'), atMost: 2 }]),
        ].flatMap(({ what, is, atMost }) => (is > atMost ? [`${is} ${what}`] : []))
      })
    })
  }
})

describe('the documents of the benchmark', () => {
  it('show the results of the last run (`pnpm generate` writes them)', () => {
    for (const [url, text] of renderDocuments()) assert.equal(readFileSync(new URL(url), 'utf8'), text, url)
  })
})
