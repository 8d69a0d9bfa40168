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
import { type RaceSize, race } from './race.ts'
import { renderDocuments } from './report/documents.ts'
import { summarizeAddedRatio, summarizeRatio } from './report/ratios.ts'
import { START_UP } from './scenarios/start-up.ts'
import { BARE, DD_TRACE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT, VARIANTS, type Variant } from './variants/index.ts'

const TINY: RaceSize = { rounds: 1, warmUp: 5, turns: 2, requests: 20, connections: 3 }
const SENT = 45

const LOOPBACK_ONLY = ['--require', fileURLToPath(new URL('./apps/loopback-only.cjs', import.meta.url))]

const one = (variant: Variant) => [{ name: variant.name, variant }]
const appOf = ({ apps = APP_NAMES }: Variant) => APPS[apps[0] ?? 'hello']

describe('the benchmark', () => {
  it('runs in its short form and prints all variants', async () => {
    const bench = fileURLToPath(new URL('./bench.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [bench, '--short'], { env: childEnv() })
    for (const { name } of VARIANTS) assert.ok(stdout.includes(`\n| ${name} `), name)
    assert.doesNotMatch(stdout, /NaN|Infinity|undefined/)
  })

  for (const variant of VARIANTS) {
    it(`runs ${variant.name}, which reaches nothing but the loopback interface`, async () => {
      const guarded = { ...variant, flags: [...LOOPBACK_ONLY, ...variant.flags] }
      const { cpuMicroseconds } = await race(appOf(variant), one(guarded), TINY)
      assert.equal(cpuMicroseconds[variant.name]?.length, TINY.rounds)
    })
  }

  it('fails where a variant has not counted what was sent', async () => {
    const wrong: Variant = { ...OURS, counted: (...args) => (OURS.counted?.(...args) ?? []).map((count) => count + 1) }
    await assert.rejects(race(APPS.hello, one(wrong), TINY), /agentgateway-otel counted 46\b.* of 45 requests to hello/)
  })

  it('would see a variant that reaches for the network', async () => {
    // 192.0.2.1 is nobody's (RFC 5737).
    const reach = 'data:text/javascript,import{connect}from"node:net";connect(80,"192.0.2.1").on("error",()=>{})'
    const variant: Variant = { ...BARE, flags: [...LOOPBACK_ONLY, '--import', reach] }
    await assert.rejects(race(APPS.hello, one(variant), TINY), /tried to reach 192\.0\.2\.1/)
  })

  it('measures dd-trace where it traces what was sent', async () => {
    let traces = 0
    const agent = createServer((request, response) => {
      traces += Number(request.headers['x-datadog-trace-count'] ?? 0)
      request.resume()
      response.end('{}')
    })
    agent.listen(0, '127.0.0.1')
    await once(agent, 'listening')
    const url = `http://127.0.0.1:${(agent.address() as AddressInfo).port}`
    // It sends what it has when the interval is over, so the load has to last for longer.
    const env = { ...DD_TRACE.env, DD_TRACE_AGENT_URL: url, DD_TRACE_FLUSH_INTERVAL: '50' }
    await race(APPS.hello, one({ ...DD_TRACE, env }), { ...TINY, turns: 20 })
    agent.close()
    assert.ok(traces >= SENT, `${traces} traces`)
  })
})

/** Holds in one of three attempts: what fails it is far outside each time, which no noise is. */
async function holdsOnce(attempt: () => Promise<readonly string[]>): Promise<void> {
  const complaints: (readonly string[])[] = []
  for (let i = 0; i < 3; i++) {
    const complaint = await attempt()
    if (complaint.length === 0) return
    complaints.push(complaint)
  }
  assert.fail(complaints.map((complaint) => complaint.join(', ')).join('\n'))
}

describe('what agentgateway-otel costs is not far outside of its targets, twice as much:', () => {
  it('CPU of a request, to prom-client and HttpInstrumentation', async () => {
    const variants = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
    // Some ten thousand requests are served before the compiler is done.
    const size: RaceSize = { rounds: 2, warmUp: 20_000, turns: 8, requests: 500, connections: 16 }
    await holdsOnce(async () => {
      const contestants = variants.map((variant) => ({ name: variant.name, variant }))
      const { cpuMicroseconds } = await race(APPS.hello, contestants, size)
      // Where the others seem to add nothing, there is too much noise to say anything.
      const tells = (name: string) => summarizeRatio(cpuMicroseconds, name).median > 1.05
      return [
        { name: PROM_CLIENT.name, atMost: 2 * 0.7 },
        { name: HTTP_INSTRUMENTATION.name, atMost: 2 / 6 },
      ].flatMap(({ name, atMost }) => {
        const { median } = summarizeAddedRatio(cpuMicroseconds, name)
        return tells(name) && median > atMost ? [`${median} of what ${name} adds`] : []
      })
    })
  })

  it('time of a start, to prom-client and HttpInstrumentation', async () => {
    await holdsOnce(async () => {
      const variants = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]
      const { process: { wallMs = {} } = {} } = await START_UP.measure({ short: true, variants, cases: [], say() {} })
      return [PROM_CLIENT, HTTP_INSTRUMENTATION].flatMap(({ name }) => {
        const { median } = summarizeAddedRatio(wallMs, name)
        return median > 2 ? [`${median} of what ${name} adds`] : []
      })
    })
  })
})

describe('the documents', () => {
  it('show the results as they are (`pnpm generate` writes them)', () => {
    for (const [url, text] of renderDocuments()) assert.equal(readFileSync(new URL(url), 'utf8'), text, url)
  })
})
