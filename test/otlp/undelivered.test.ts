import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { type App, startApp } from '../harness/app.ts'
import type { Families, Sample } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import {
  comparable,
  type ExponentialPoint,
  type ExportRequest,
  labelsOf,
  metricsOf,
  samplesOfMetric,
} from './export-request.ts'
import { type Fault, type RepairableCollector, startRepairableCollector } from './repairable-collector.ts'
import { startRepairableGrpcCollector } from './repairable-grpc-collector.ts'

const APP = new URL('../interop/http/apps/express.js', import.meta.url)
/** How the decoders of the formats write the temporality. */
const DELTA: readonly unknown[] = ['AGGREGATION_TEMPORALITY_DELTA', 1]
const FAULTS: readonly Fault[] = ['a 503', 'a hanging response', 'a reset connection']

const get = async (app: App, paths: readonly string[]) => {
  for (const path of paths) {
    const response = await fetch(`http://127.0.0.1:${app.ready}${path}`, { headers: { connection: 'close' } })
    await response.arrayBuffer()
  }
}

/** Returns what a collector knows after these exports: deltas add up, and of totals the last one counts. */
function totalsOf(requests: readonly ExportRequest[]): Sample[] {
  const totals = new Map<string, Sample>()
  for (const metric of requests.flatMap(metricsOf)) {
    const { aggregationTemporality } = metric.sum ?? metric.histogram ?? metric.exponentialHistogram ?? {}
    for (const sample of samplesOfMetric(metric)) {
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      const before = DELTA.includes(aggregationTemporality) ? (totals.get(key)?.value ?? 0) : 0
      totals.set(key, { ...sample, value: before + sample.value })
    }
  }
  return [...totals.values()]
}

/** Sums of the same numbers in another order differ in the last digits. */
const rounded = (samples: readonly Sample[]) =>
  comparable(samples.map((sample) => ({ ...sample, value: Number(sample.value.toPrecision(12)) })))

const samplesOf = (families: Families) => [...families.values()].flatMap(({ samples }) => samples)

async function assertDelivered(
  starting: Promise<RepairableCollector>,
  env: Readonly<Record<string, string>>,
  isExported: (sample: Sample) => boolean,
) {
  const collector = await starting
  const app = await startApp(APP, {
    env: {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '300',
      OTEL_METRIC_EXPORT_TIMEOUT: '300',
    },
  })
  try {
    for (const paths of [
      ['/', '/users/1', '/users/2'],
      ['/nowhere', '/'],
    ]) {
      await get(app, paths)
      const before = collector.refused()
      await until(() => collector.refused() >= before + 2 || undefined)
    }
    collector.repair()
    await get(app, ['/', '/users/3'])
    const isCounted = ({ name, value }: Sample) => name === `${METRICS.requestDuration.name}_count` && value > 0
    const families = await app.metricsWhen((families) => {
      const counted = samplesOf(families).filter(isCounted)
      return counted.reduce((sum, { value }) => sum + value, 0) === 7
    })
    const expected = rounded(samplesOf(families).filter(isExported))
    let totals: readonly string[] = []
    await until(
      () => {
        totals = rounded(totalsOf(collector.accepted))
        return totals.join('\n') === expected.join('\n') || undefined
      },
      () =>
        `the collector has without ${expected.filter((sample) => !totals.includes(sample)).join('\n')}
         and with ${totals.filter((sample) => !expected.includes(sample)).join('\n')}`,
    )
    assert.ok(expected.length > 20)
    return { accepted: collector.accepted, families }
  } finally {
    await app.stop()
    await collector.close()
  }
}

/** Returns an exponential histogram's buckets with their bounds, by the specification's formula. */
function bucketsOf({ scale = 0, zeroCount = 0, positive }: ExponentialPoint) {
  const buckets = (positive?.bucketCounts ?? []).map((count, i) => {
    const index = Number(positive?.offset ?? 0) + i
    return { lower: 2 ** (index / 2 ** scale), upper: 2 ** ((index + 1) / 2 ** scale), count: Number(count) }
  })
  return [{ lower: 0, upper: 0, count: Number(zeroCount) }, ...buckets]
}

const countOf = (buckets: ReturnType<typeof bucketsOf>) => buckets.reduce((sum, { count }) => sum + count, 0)

const keyOf = (name: string, labels: Sample['labels']) => comparable([{ name, labels, value: 0 }]).join()

/** Returns the points of each series whose counts add up to its total: all if they are deltas, else the last one. */
function pointsBySeries(requests: readonly ExportRequest[]): ReadonlyMap<string, readonly ExponentialPoint[]> {
  const points = new Map<string, ExponentialPoint[]>()
  for (const { name, exponentialHistogram } of requests.flatMap(metricsOf)) {
    const isDelta = DELTA.includes(exponentialHistogram?.aggregationTemporality)
    for (const point of exponentialHistogram?.dataPoints ?? []) {
      const key = keyOf(name, labelsOf(point.attributes))
      points.set(key, isDelta ? [...(points.get(key) ?? []), point] : [point])
    }
  }
  return points
}

/** Asserts that each bucket of a scrape's histograms agrees with the exponential histograms, as far as these tell. */
function assertBucketsAgree(requests: readonly ExportRequest[], families: Families): void {
  const points = pointsBySeries(requests)
  assert.ok(points.size > 0)
  for (const { name, labels, value } of samplesOf(families)) {
    if (!name.endsWith('_bucket')) continue
    const { le, ...others } = labels
    const bound = le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)
    const series = keyOf(name.replace(/_bucket$/, ''), others)
    const buckets = (points.get(series) ?? []).flatMap(bucketsOf)
    const atLeast = countOf(buckets.filter(({ upper }) => upper <= bound))
    const atMost = countOf(buckets.filter(({ lower }) => lower < bound))
    assert.ok(atLeast <= value && value <= atMost, `${series} ${le}: ${value}, not from ${atLeast} to ${atMost}`)
  }
}

describe('what a collector failed to accept', () => {
  for (const [temporality, faults] of [
    ['delta', FAULTS],
    ['cumulative', ['a 503']],
    ['lowmemory', ['a 503']],
  ] as const) {
    for (const fault of faults) {
      it(`with ${fault} is not lost, and adds up to a scrape's numbers with temporality ${temporality}`, async () => {
        const env = { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality }
        await assertDelivered(startRepairableCollector(fault), env, () => true)
      })
    }
  }

  it('while its gRPC service was unavailable is not lost, and adds up with temporality delta', async () => {
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' }
    await assertDelivered(startRepairableGrpcCollector(), env, () => true)
  })

  for (const [temporality, protocol] of [
    ['delta', 'http/protobuf'],
    ['delta', 'http/json'],
    ['cumulative', 'http/protobuf'],
  ] as const) {
    it(`arrives as exponential histograms too, with a scrape's counts, sums and buckets: ${temporality} by ${protocol}`, async () => {
      const { accepted, families } = await assertDelivered(
        startRepairableCollector('a 503'),
        {
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
          OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
        },
        ({ name }) => !name.endsWith('_bucket'),
      )
      assertBucketsAgree(accepted, families)
    })
  }
})
