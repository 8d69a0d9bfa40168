import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstruments, createLabelSet, METRICS } from '@agentgateway-otel/metrics'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { parseOpenMetrics } from '../../../../test/harness/openmetrics-text.ts'
import { parsePrometheusText } from '../../../../test/harness/prometheus-text.ts'
import type { Format } from '../collected.ts'
import { ScrapeReader } from '../series/scrape-reader.ts'
import { pageOf } from '../testing/generated-pages.ts'
import { collectFrom, collectGenerated, generatedInstruments } from '../testing/generated-provider.ts'
import { DIFFERENCES } from '../testing/serializer-differences.ts'

const GATEWAY = 'a "b"\\c\nd'
const RUNS = Number(process.env.DIFFERENTIAL_RUNS ?? 500)

const ours = async (resourceMetrics: ResourceMetrics, format: Format = 'text') =>
  (await pageOf(withGateway(resourceMetrics), format)).toString()

/** What the serializer writes, as bytes would carry it. */
function serializers(resourceMetrics: ResourceMetrics): string {
  // No prefix, no timestamps, the resource's attributes as constant labels, no target_info, no scope labels.
  const serializer = new PrometheusSerializer('', false, /^gateway$/, true, true)
  const text = Buffer.from(serializer.serialize(withGateway(resourceMetrics))).toString()
  return text === '# no registered metrics' ? '' : text
}

function withGateway(resourceMetrics: ResourceMetrics): ResourceMetrics {
  const resource = { attributes: { gateway: GATEWAY } } as unknown as ResourceMetrics['resource']
  return { ...resourceMetrics, resource }
}

const metricsOf = ({ scopeMetrics }: ResourceMetrics) => scopeMetrics.flatMap(({ metrics }) => metrics)

/** The metrics for which the serializer's text is right. */
function agreed(resourceMetrics: ResourceMetrics): ResourceMetrics {
  const all = metricsOf(resourceMetrics)
  const isAgreed = (metric: MetricData) => !DIFFERENCES.some(({ affects }) => affects(metric, all))
  const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.filter(isAgreed),
  }))
  return { ...resourceMetrics, scopeMetrics }
}

/** The families that have samples, and their labels that are not empty, without any order. */
function comparable(text: string): unknown[] {
  return [...parsePrometheusText(text).values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const series = samples.map((sample) => {
        const labels = Object.entries(sample.labels).filter(([, value]) => value !== '')
        return JSON.stringify([sample.name, String(sample.value), labels.sort()])
      })
      return [name, help, type, series.sort()]
    })
    .sort()
}

const sampleLines = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) =>
      line
        .replace(/,?gateway="a \\"b\\"\\\\c\\nd"/, '')
        .replace('{}', '')
        .replace('{,', '{'),
    )
    .sort()

describe('the text of any metrics', () => {
  it('is that of PrometheusSerializer, apart from the list of differences', async () => {
    let compared = 0
    let all = 0
    await fc.assert(
      fc.asyncProperty(generatedInstruments, async (instruments) => {
        const resourceMetrics = await collectGenerated(instruments)
        const same = agreed(resourceMetrics)
        assert.deepEqual(comparable(await ours(same)), comparable(serializers(same)))
        compared += metricsOf(same).length
        all += metricsOf(resourceMetrics).length
      }),
      { numRuns: RUNS },
    )
    assert.ok(compared > all / 4, `the list leaves ${compared} of ${all} metrics to compare`)
  })

  it('is the same with labels of any length, so that pieces of the text end anywhere', async () => {
    const value = fc.tuple(fc.constantFrom('x', '\n', 'é', '漢', '🎈', '\ud800'), fc.integer({ min: 1, max: 35_000 }))
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 12 }), async (values) => {
        const resourceMetrics = await collectFrom(([meter]) => {
          const counter = meter?.createCounter('c', { description: 'x'.repeat(values[0]?.[1] ?? 0) })
          const histogram = meter?.createHistogram('h', { advice: { explicitBucketBoundaries: [1, 2] } })
          for (const [i, [character, length]] of values.entries()) {
            const attributes = { [`a${i}`]: character.repeat(length) }
            counter?.add(0.5, attributes)
            histogram?.record(i, attributes)
          }
        })
        assert.ok(comparable(await ours(resourceMetrics)).join() === comparable(serializers(resourceMetrics)).join())
        parseOpenMetrics(await ours(resourceMetrics, 'openmetrics'))
      }),
      { numRuns: 20 },
    )
  })

  it('is valid in both formats, whatever the metrics', async () => {
    await fc.assert(
      fc.asyncProperty(generatedInstruments, async (instruments) => {
        const resourceMetrics = await collectGenerated(instruments)
        parsePrometheusText(await ours(resourceMetrics))
        parseOpenMetrics(await ours(resourceMetrics, 'openmetrics'))
      }),
      { numRuns: RUNS },
    )
  })

  for (const { what, why, affects, example, ...expected } of DIFFERENCES) {
    it(`differs from PrometheusSerializer's in ${what}`, async () => {
      const resourceMetrics = await collectFrom(([meter, other]) => {
        if (meter !== undefined && other !== undefined) example(meter, other)
      })
      const all = metricsOf(resourceMetrics)
      assert.ok(all.some((metric) => affects(metric, all)))
      assert.deepEqual(sampleLines(serializers(resourceMetrics)), [...expected.serializer].sort(), why)
      assert.deepEqual(sampleLines(await ours(resourceMetrics)), [...expected.ours].sort(), why)
    })
  }
})

describe("the text of the table's metrics", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.nat(0xffff), { maxLength: 5 }).map((codes) => String.fromCharCode(...codes)),
    fc.constantFrom('', '"', '\\', '\n', '\r', '\\n', 'm\ud800', 'm\ud801', '",le="', '} 1', '# EOF', 'GET', '200'),
  )
  const record = fc.tuple(fc.tuple(text, text, text, text), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))

  it('is that of PrometheusSerializer, whatever the label values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 20 }), async (records) => {
        const reader = new ScrapeReader()
        const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
        const { requests, requestDuration, requestSize } = createInstruments(meter, [
          ...(['requests', 'requestDuration', 'requestSize'] as const),
        ])
        const http = createLabelSet('http')
        for (const [[method, status, route, protocol], value] of records) {
          const labels = http.of(method, status, route, protocol)
          requests?.add(value, labels)
          requestDuration?.record(value, labels)
          requestSize?.record(value, labels)
        }
        const { resourceMetrics } = await reader.collect()
        assert.deepEqual(comparable(await ours(resourceMetrics)), comparable(serializers(resourceMetrics)))
        const families = parseOpenMetrics(await ours(resourceMetrics, 'openmetrics'))
        if (records.length > 0) assert.ok(families.has(METRICS.requests.name.replace(/_total$/, '')))
      }),
      { numRuns: 100 },
    )
  })
})
