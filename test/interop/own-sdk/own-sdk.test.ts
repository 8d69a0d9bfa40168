import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { expectedSeries, type Series } from '../../../examples/agent/expected.js'
import { startLedgerProxy } from '../../../examples/agent/ledger-proxy.js'
import { startProvider } from '../../../examples/agent/provider.js'
import { STEPS } from '../../../examples/agent/traffic.js'
import { describeSamples, NODE, REGISTER, REGISTER_CJS, scrape } from '../../harness/app.ts'
import { childEnv, demoEnv } from '../../harness/environment.ts'
import { freePort } from '../../harness/free-port.ts'
import { startOtlpCollector } from '../../harness/otlp-collector.ts'
import { startProcess } from '../../harness/process.ts'
import type { Families, Sample } from '../../harness/prometheus-text.ts'
import { until } from '../../harness/until.ts'
import { type ExportRequest, samplesOf } from '../../otlp/export-request.ts'

const APP = fileURLToPath(new URL('../../../examples/agent/app.js', import.meta.url))
const sdk = (version: 2 | 3, system: 'cjs' | 'mjs') =>
  fileURLToPath(new URL(`./sdk-${version}/otel.${system}`, import.meta.url))

const GATEWAY = 'shop'
/** The SDK sends metrics only. */
const QUIET = { OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }

interface Case {
  readonly name: string
  readonly flags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whether the preload is active as well. */
  readonly hasPreload?: boolean
}

/** A copy of the package as it is installed elsewhere, of another version. */
let copy: string
before(async () => {
  copy = await mkdtemp(join(tmpdir(), 'own-sdk-'))
  const dist = dirname(REGISTER_CJS)
  await mkdir(join(copy, 'dist'))
  for (const file of ['index.cjs', 'load-instrumentations.cjs', 'obstacle.cjs', 'instrumentations.cjs'])
    await cp(join(dist, file), join(copy, 'dist', file))
  const { version, ...rest } = JSON.parse(await readFile(join(dist, '../package.json'), 'utf8'))
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...rest, version: `1${version}` }))
})
after(() => rm(copy, { recursive: true }))

const CASES: readonly Case[] = [
  { name: 'NodeSDK 2 with API 1.9, set up by CommonJS', flags: ['--require', sdk(2, 'cjs')] },
  { name: 'NodeSDK 2 with API 1.9, set up by an ES module', flags: ['--import', sdk(2, 'mjs')] },
  { name: 'NodeSDK 3 with API 1.10, set up by CommonJS', flags: ['--require', sdk(3, 'cjs')] },
  { name: 'NodeSDK 3 with API 1.10, set up by an ES module', flags: ['--import', sdk(3, 'mjs')] },
  {
    name: 'NodeSDK 2 after the preload',
    flags: ['--require', REGISTER_CJS, '--require', sdk(2, 'cjs')],
    hasPreload: true,
  },
  {
    name: 'NodeSDK 3 before the preload',
    flags: ['--import', sdk(3, 'mjs'), '--import', REGISTER],
    hasPreload: true,
  },
]

describe("the instrumentations in an app's own OpenTelemetry SDK", { concurrency: 2 }, () => {
  for (const { name, flags, env, hasPreload = false } of CASES) {
    it(`${name}: what reaches the app's exporters is what was sent${hasPreload ? ', and so is what the preload serves' : ''}`, () =>
      assertCountsOnce(flags, hasPreload, env))
  }

  it('an SDK that ignores the buckets of histograms gets no histograms, and its logger one line', async () => {
    const app = startProcess(NODE, [fileURLToPath(new URL('./sdk-1/old-sdk.cjs', import.meta.url))], {
      env: childEnv(),
    })
    await app.exit()
    assert.equal(app.stderr(), '')
    assert.deepEqual(app.stdout().split('\n'), [
      'log: agentgateway-otel: histograms are not recorded, because this OpenTelemetry SDK gives them other buckets; use version 2.x or 3.x of the SDK',
      'agentgateway_requests_total [1]',
      'agentgateway_connections_total [1]',
      'agentgateway_connections_active [0]',
      'end',
      '',
    ])
  })

  for (const flags of [
    ['--import', REGISTER, '--import', sdk(3, 'mjs')],
    ['--require', sdk(2, 'cjs'), '--require', REGISTER_CJS],
  ]) {
    const first = flags[1]?.includes('register') ? 'before' : 'after'
    it(`the preload, loaded ${first} the SDK, and the instrumentations count the same over stdio, HTTP/2 and compressed bodies`, async () => {
      const sdkPort = await freePort()
      const app = startProcess(NODE, [...flags, fileURLToPath(new URL('./apps/wires.mjs', import.meta.url))], {
        env: { ...demoEnv(GATEWAY), SDK_PORT: String(sdkPort), COLLECTOR: 'http://127.0.0.1:9/', ...QUIET },
      })
      const [, preloadUrl = ''] = await app.line(/metrics on (http:\S+)/, 'stderr')
      await app.line(/serving on/, 'stderr')
      const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } }
      app.writeLine(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }))
      await app.line(/"id":1\b/)
      app.writeLine(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }))
      app.writeLine(JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'all' } }))
      await app.line(/"id":2\b/)
      const wanted = {
        agentgateway_requests_total: 3 + 2,
        agentgateway_connections_total: 3 + 1,
        agentgateway_connections_active: 0,
        agentgateway_mcp_requests_total: 2 * 3,
        agentgateway_mcp_sessions_active: 1,
        agentgateway_llm_requests_total: 3,
        agentgateway_llm_tokens_total: 3 * (7 + 5),
        agentgateway_llm_request_duration_seconds_count: 3,
      }
      for (const url of [preloadUrl, `http://127.0.0.1:${sdkPort}/metrics`]) {
        let families: Families
        await until(
          async () => {
            families = await scrape(url)
            const counted = Object.keys(wanted).map((name) => [name, sumWithout(families, name, sdkPort)])
            return isDeepStrictEqual(Object.fromEntries(counted), wanted) || undefined
          },
          () => `${url}\n${describeSamples(families)}`,
        )
      }
      await app.stop()
    })
  }

  it('two copies of the package, of different versions, count each request once', () =>
    assertCountsOnce(['--import', REGISTER, '--require', sdk(2, 'cjs')], true, { COPY: join(copy, 'dist/index.cjs') }))
})

async function assertCountsOnce(
  flags: readonly string[],
  hasPreload: boolean,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const exported: { last: ExportRequest | undefined } = { last: undefined }
  const collector = await startOtlpCollector({ onMetrics: (request) => collect(request as ExportRequest) })
  const collect = (request: ExportRequest) => {
    exported.last = request
  }
  const sdkPort = await freePort()
  const provider = await startProvider(0, '127.0.0.1')
  const proxy = await startLedgerProxy()
  const app = startProcess(NODE, [...flags, APP], {
    env: {
      ...demoEnv(GATEWAY),
      ...provider.env,
      MCP_URL: `${proxy.url}/mcp`,
      SDK_PORT: String(sdkPort),
      COLLECTOR: collector.endpoint,
      ...QUIET,
      ...env,
    },
  })
  try {
    const preload = hasPreload ? app.line(/metrics on (http:\S+)/, 'stderr') : undefined
    const [, url = ''] = await app.line(/listening on (http:\S+)/)
    const appPort = Number(new URL(url).port)
    proxy.forwardTo(appPort)
    const preloadUrl = (await preload)?.[1]
    // What each pipeline serves is scraped first, so that a scrape that was counted would show.
    const sdkUrl = `http://127.0.0.1:${sdkPort}/metrics`
    if (preloadUrl !== undefined) await scrape(preloadUrl)
    for (const step of STEPS) await step.run({ proxy, provider })
    await proxy.quiet()
    const expected = () => expectedSeries({ proxy, provider, appPort })

    assert.deepEqual(new Set(expected().map(({ metric }) => metric)), new Set(DEFAULT_METRICS.map(({ name }) => name)))
    await untilEqual(expected, async () => valuesOf(samplesIn(await scrape(sdkUrl)), sdkPort))
    if (preloadUrl !== undefined)
      await untilEqual(expected, async () => valuesOf(samplesIn(await scrape(preloadUrl)), sdkPort))
    await untilEqual(expected, async () => valuesOf(exported.last ? samplesOf(exported.last) : [], sdkPort))
    assertBuckets(await scrape(sdkUrl))
  } finally {
    await app.stop()
    proxy.close()
    provider.close()
    await collector.close()
  }
}

const samplesIn = (families: Families) => [...families.values()].flatMap(({ samples }) => samples)

/** Waits until the series have the values that are expected, and no others. */
async function untilEqual(expected: () => readonly Series[], read: () => Promise<readonly string[]>): Promise<void> {
  let difference: unknown
  await until(
    async () => {
      try {
        assert.deepEqual(await read(), expected().flatMap(linesOf).sort())
        return true
      } catch (error) {
        difference = error
        return undefined
      }
    },
    () => String(difference),
    200,
  )
}

const linesOf = ({ metric, labels, value, sum }: Series) => {
  const isHistogram = /_(seconds|bytes)$/.test(metric)
  return [
    `${isHistogram ? `${metric}_count` : metric} ${named(labels)} ${value}`,
    ...(sum === undefined ? [] : [`${metric}_sum ${named(labels)} ${sum}`]),
  ]
}

/** The samples of our metrics, without times, buckets, and what the app's own exporter was asked. */
function valuesOf(samples: readonly Sample[], sdkPort: number): readonly string[] {
  return samples
    .filter(({ name }) => name.startsWith('agentgateway_'))
    .filter(({ name }) => !/_bucket$|_duration_seconds_sum$/.test(name))
    .filter(({ labels }) => labels.bind !== String(sdkPort) && !(labels.route === 'unknown' && labels.status === '200'))
    .map(({ name, labels, value }) => {
      assert.equal(labels.gateway, GATEWAY, `${name} ${JSON.stringify(labels)}`)
      return `${name} ${named(labels)} ${value}`
    })
    .sort()
}

/** The sum of a metric, without what the app's own exporter was asked. */
const sumWithout = (families: Families, name: string, sdkPort: number) =>
  samplesIn(families)
    .filter((sample) => sample.name === name && sample.labels.bind !== String(sdkPort))
    .filter(({ labels }) => labels.method !== 'GET')
    .reduce((sum, { value }) => sum + value, 0)

/** The labels of the table. Prometheus drops one that is empty. */
const named = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .filter(([name, value]) => !/^(gateway|otel_scope_.*)$/.test(name) && value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ')

/** Asserts that histograms have the buckets of the table, not those of the SDK. */
function assertBuckets(families: Families): void {
  for (const metric of DEFAULT_METRICS) {
    if (metric.kind !== 'histogram') continue
    const { samples = [] } = families.get(metric.name) ?? {}
    const bounds = new Set(
      samples.flatMap(({ labels: { le } }) => (le === undefined ? [] : [Number(le.replace('+Inf', 'Infinity'))])),
    )
    assert.deepEqual([...bounds], [...metric.buckets, Number.POSITIVE_INFINITY], describeSamples(families))
  }
}
