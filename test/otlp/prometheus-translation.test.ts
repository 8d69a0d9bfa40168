import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { ValueType } from '@opentelemetry/api'
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { otherHead } from '../../packages/exporter/src/series/other-names.ts'
import { scrape } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { comparable, type ExportRequest, kindOf, metricsOf, samplesOf } from './export-request.ts'
import { type OtlpName, STRATEGIES, type Strategy, translatedLabel, translatedName } from './prometheus-translation.ts'

const ALL = Object.keys(STRATEGIES) as Strategy[]

/** What becomes of names by the rules' own tests and code: with suffixes, escaped and not; then escaped without suffixes. */
const PUBLISHED: readonly (readonly [OtlpName, string, string, string])[] = [
  [
    { name: 'http.server.request.duration', unit: 's', kind: 'histogram' },
    'http_server_request_duration_seconds',
    'http.server.request.duration_seconds',
    'http_server_request_duration',
  ],
  [{ name: 'requests', unit: '', kind: 'monotonic sum' }, 'requests_total', 'requests_total', 'requests'],
  [{ name: 'requests_total', unit: '', kind: 'monotonic sum' }, 'requests_total', 'requests_total', 'requests_total'],
  [
    { name: 'total_requests', unit: '', kind: 'monotonic sum' },
    'requests_total',
    'total_requests_total',
    'total_requests',
  ],
  [{ name: 'cpu_usage', unit: '1', kind: 'gauge' }, 'cpu_usage_ratio', 'cpu_usage_ratio', 'cpu_usage'],
  [{ name: 'cpu_usage_ratio', unit: '1', kind: 'gauge' }, 'cpu_usage_ratio', 'cpu_usage_ratio', 'cpu_usage_ratio'],
  [{ name: 'open', unit: '1', kind: 'sum' }, 'open', 'open', 'open'],
  [{ name: 'items', unit: '{item}', kind: 'gauge' }, 'items', 'items', 'items'],
  [{ name: 'memory_bytes', unit: 'By', kind: 'gauge' }, 'memory_bytes', 'memory_bytes', 'memory_bytes'],
  [
    { name: 'throughput', unit: 'By/s', kind: 'gauge' },
    'throughput_bytes_per_second',
    'throughput_bytes_per_second',
    'throughput',
  ],
  [{ name: 'custom', unit: 'By/{thing}', kind: 'gauge' }, 'custom_bytes', 'custom_bytes', 'custom'],
  [{ name: '123metric', unit: '', kind: 'gauge' }, '_123metric', '123metric', '_123metric'],
]

describe("Prometheus' rules of translation from OTLP, as they are written here", () => {
  for (const [metric, escaped, unescaped, bare] of PUBLISHED) {
    it(`make the names of the library of ${metric.name} in '${metric.unit}'`, () => {
      assert.equal(translatedName(metric, 'UnderscoreEscapingWithSuffixes'), escaped)
      assert.equal(translatedName(metric, 'NoUTF8EscapingWithSuffixes'), unescaped)
      assert.equal(translatedName(metric, 'UnderscoreEscapingWithoutSuffixes'), bare)
      assert.equal(translatedName(metric, 'NoTranslation'), metric.name)
    })
  }

  it('make the labels of the library of attributes', () => {
    const label = (name: string) => translatedLabel(name, 'UnderscoreEscapingWithSuffixes')
    assert.equal(label('http.method'), 'http_method')
    assert.equal(label('123invalid'), 'key_123invalid')
    assert.equal(label('__reserved__'), '__reserved__')
    assert.equal(label('a__b'), 'a_b')
    assert.equal(translatedLabel('http.method', 'NoTranslation'), 'http.method')
  })
})

/** Prometheus' receiver and the collector's exporters give these to each series, in place of a point's own. */
const OF_THE_RECEIVER = /^(?:job|instance|le|quantile|otel_scope_.*|__.*)$/

describe("the metrics' names in what Prometheus stores", () => {
  let received: ExportRequest | undefined
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>
  let demo: Demo
  before(async () => {
    collector = await startOtlpCollector({
      onMetrics: (metrics) => {
        received = metrics as ExportRequest
      },
    })
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '200' }
    demo = await start({ env: { ...demoEnv('shop'), ...env } })
    for (const step of STEPS) await step.run(demo)
    await trickle(demo)
    await demo.proxy.quiet()
  })
  after(async () => {
    await demo?.stop()
    await collector?.close()
  })

  for (const strategy of ALL) {
    it(`are those of a scrape, with each label and value, with the strategy ${strategy}`, async () => {
      let missing: readonly string[] = []
      await until(
        async () => {
          const families = await scrape(demo.metricsUrl)
          const expected = comparable([...families.values()].flatMap(({ samples }) => samples))
          const stored = new Set(received === undefined ? [] : comparable(translated(received, strategy)))
          missing = expected.filter((sample) => !stored.has(sample))
          return (missing.length === 0 && expected.length === stored.size) || undefined
        },
        () => `stored without ${missing.join('\n')}`,
      )
    })

    it(`are those of the table, of optional metrics too, with the strategy ${strategy}`, () => {
      for (const { name, unit, kind, labels } of Object.values(METRICS).filter((metric) => !isStandard(metric))) {
        const kinds = { counter: ['monotonic sum'], gauge: ['sum', 'gauge'], histogram: ['histogram'] } as const
        for (const otlp of kinds[kind]) assert.equal(translatedName({ name, unit, kind: otlp }, strategy), name)
        for (const label of ['gateway', ...LABEL_SETS[labels].map(([label]) => label)]) {
          assert.equal(translatedLabel(label, strategy), label)
          assert.doesNotMatch(label, OF_THE_RECEIVER)
        }
      }
    })
  }
})

describe('the names of the semantic conventions', () => {
  it('are in a scrape what Prometheus makes of them by default', () => {
    for (const { name, unit, kind, help } of Object.values(METRICS).filter(isStandard)) {
      const descriptor = { name, unit, description: help, valueType: ValueType.DOUBLE }
      const written = otherHead({
        descriptor,
        dataPointType: kind === 'histogram' ? DataPointType.HISTOGRAM : DataPointType.SUM,
        isMonotonic: true,
      } as MetricData)
      const otlpKind = kind === 'histogram' ? 'histogram' : 'monotonic sum'
      assert.equal(written?.name, translatedName({ name, unit, kind: otlpKind }, 'UnderscoreEscapingWithSuffixes'))
    }
  })
})

/** Whether a metric has a name of the semantic conventions, which a scrape cannot have as it is. */
const isStandard = ({ name }: { readonly name: string }) => name.includes('.')

/** Returns the samples that Prometheus makes of an export, without those of the resource and the scope. */
function translated(request: ExportRequest, strategy: Strategy) {
  const names = new Map(
    metricsOf(request).map((metric) => {
      const { name, unit } = metric
      return [name, translatedName({ name, unit, kind: kindOf(metric) }, strategy)]
    }),
  )
  return samplesOf(request).map(({ name, labels, value }) => {
    const [, base = name, suffix = ''] = names.has(name) ? [] : (/^(.*)(_bucket|_sum|_count)$/.exec(name) ?? [])
    return {
      name: `${names.get(base)}${suffix}`,
      labels: Object.fromEntries(
        Object.entries(labels).map(([label, text]) => [translatedLabel(label, strategy), text]),
      ),
      value,
    }
  })
}
