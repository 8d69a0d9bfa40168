import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { parsePrometheusText, sumOf } from '../../../../test/harness/prometheus-text.ts'
import { TextWriter } from '../text/text-writer.ts'
import { otherMetricsOf, prepareOthers } from './other-metrics.ts'
import { ScrapeReader } from './scrape-reader.ts'
import { SeriesTable } from './series-table.ts'

type Meter = ReturnType<MeterProvider['getMeter']>

/** Collects what a process of its own records. */
async function othersOf(record: (meter: Meter) => void) {
  const reader = new ScrapeReader()
  record(new MeterProvider({ readers: [reader] }).getMeter('test'))
  return otherMetricsOf((await reader.collect()).resourceMetrics)
}

const write = async (...processes: readonly Awaited<ReturnType<typeof othersOf>>[]) => {
  const sources = processes.map((metrics, i) => ({ metrics, labels: { gateway: 'x', process: String(i) } }))
  const collected = new TextWriter(new SeriesTable(), {}, new Set()).take(await prepareOthers(sources))
  return Buffer.concat([...collected.write({ format: 'text' })]).toString()
}

describe('prepareOthers', () => {
  it('writes one family for several processes, whose series the label process tells apart', async () => {
    const first = await othersOf((meter) => meter.createCounter('c', { description: 'Things.' }).add(1, { a: 'b' }))
    const second = await othersOf((meter) => meter.createCounter('c', { description: 'Things.' }).add(2, { a: 'b' }))
    assert.equal(
      await write(first, second),
      [
        '# HELP c_total Things.',
        '# TYPE c_total counter',
        'c_total{a="b",gateway="x",process="0"} 1',
        'c_total{a="b",gateway="x",process="1"} 2',
        '',
      ].join('\n'),
    )
  })

  it('keeps the type of the first process where another one differs', async () => {
    const first = await othersOf((meter) => meter.createUpDownCounter('c').add(1))
    const second = await othersOf((meter) => meter.createHistogram('c').record(2))
    const families = parsePrometheusText(await write(first, second))
    assert.deepEqual([families.get('c')?.type, sumOf(families, 'c')], ['gauge', 1])
  })

  it("leaves out a metric that would get the name of one of the table's", async () => {
    const metrics = await othersOf((meter) => meter.createCounter('agentgateway.requests').add(1))
    assert.equal(METRICS.requests.name, 'agentgateway_requests_total')
    assert.equal(await write(metrics), '')
  })

  it('is empty where there are no other metrics', async () => {
    assert.equal(await write([], []), '')
  })
})
