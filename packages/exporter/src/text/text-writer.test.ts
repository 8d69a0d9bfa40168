import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createInstruments, createLabelSet, DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { parsePrometheusText } from '../../../../test/harness/prometheus-text.ts'
import type { Format } from '../collected.ts'
import { FAMILIES, type Family } from '../series/families.ts'
import { ProcessSeries } from '../series/process-series.ts'
import { ScrapeReader } from '../series/scrape-reader.ts'
import { SeriesTable } from '../series/series-table.ts'
import { TextWriter } from './text-writer.ts'

const DECLARED: ReadonlySet<string> = new Set(DEFAULT_METRICS.map(({ name }) => name))
const GATEWAY = 'a "b"\\c\nd'

/** Collects metrics of every kind of the table: values of all sizes, labels that need escapes, several series each. */
async function collect() {
  const reader = new ScrapeReader()
  const instruments = createInstruments(new MeterProvider({ readers: [reader] }).getMeter('test'), [
    'requests',
    'requestDuration',
    'requestSize',
    'responseSize',
    'connections',
    'connectionsActive',
    'llmRequestDuration',
  ])
  const http = createLabelSet('http')
  for (const route of ['/', '/:id', 'a "b"\\c\nd', 'ü€😀', '']) {
    for (const value of [0, 0.0005, 0.001, 1, 79.5, 1e9, 1e21, 123_456.789]) {
      const labels = http.of('GET', '200', route, 'http')
      instruments.requests?.add(Math.ceil(value), labels)
      instruments.requestDuration?.record(value, labels)
      instruments.requestSize?.record(Math.ceil(value), labels)
      instruments.responseSize?.record(Math.ceil(value), labels)
    }
  }
  const connection = createLabelSet('connection').of('8080', 'http')
  instruments.connections?.add(2 ** 53, connection)
  instruments.connectionsActive?.addCallback((result) => result.observe(3, connection))
  const llm = createLabelSet('llmDuration').of('chat', 'openai', 'gpt', 'gpt-4', '')
  instruments.llmRequestDuration?.record(0.25, llm)
  const { resourceMetrics } = await reader.collect()
  return resourceMetrics
}

/** Writes a table as a scrape gets it. */
const write = (table: SeriesTable, format: Format = 'text') =>
  Buffer.concat([...new TextWriter(table, { gateway: GATEWAY }, DECLARED).take().write({ format })]).toString()

/** The families that have samples, without any order. */
function comparable(text: string): unknown[] {
  return [...parsePrometheusText(text).values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const series = samples.map((sample) =>
        JSON.stringify([sample.name, sample.value, Object.entries(sample.labels).sort()]),
      )
      return [name, help, type, series.sort()]
    })
    .sort()
}

describe('TextWriter', () => {
  it('writes the metrics of the table as the PrometheusSerializer of exporter-prometheus does', async () => {
    const resourceMetrics = await collect()
    const series = new ProcessSeries()
    series.update(resourceMetrics, true)
    // No prefix, no timestamps, the resource's attributes as constant labels, no target_info, no scope labels.
    const serializer = new PrometheusSerializer('', false, /^gateway$/, true, true)
    const resource = { attributes: { gateway: GATEWAY } } as unknown as typeof resourceMetrics.resource
    const expected = serializer.serialize({ ...resourceMetrics, resource })
    assert.deepEqual(comparable(write(series.table)), comparable(expected))
  })

  it('writes every declared metric, even without a series', async () => {
    const families = parsePrometheusText(write(new SeriesTable()))
    assert.deepEqual(
      [...families.values()].map(({ name, type, help }) => [name, type, help]),
      DEFAULT_METRICS.map(({ name, kind, help }) => [name, kind, help]),
    )
  })

  it('writes the numbers that it took, whatever the table has by then, in pieces that may be given back', () => {
    const family = FAMILIES.get(METRICS.requestDuration.name) as Family
    const table = new SeriesTable()
    const add = (route: string, value: number) => {
      const { offset } = table.add(family, ['GET', '200', route, 'http'], 0)
      for (let i = 0; i < family.width; i++) table.set(offset + i, value)
    }
    for (let i = 0; i < 2000; i++) add(`/${i}`, i)
    const expected = write(table)
    const collected = new TextWriter(table, { gateway: GATEWAY }, DECLARED).take()
    const other = collected.write({ format: 'openmetrics' })[Symbol.iterator]()
    let ofOther: Buffer | undefined
    const memory = new Set<unknown>()
    let text = ''
    for (const piece of collected.write({ format: 'text' })) {
      text += piece
      memory.add(piece.buffer)
      collected.release(piece)
      if (ofOther !== undefined) collected.release(ofOther)
      ofOther = other.next().value
      for (let i = 0; i < family.width; i++) table.set(i, 7)
      add(`/later/${text.length}`, 1)
    }
    assert.equal(text, expected)
    assert.ok(text.length > 20 * 64 * 1024)
    assert.ok(memory.size < 10, `${memory.size} pieces of memory`)
  })
})
