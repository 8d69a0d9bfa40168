import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createScrapeEndpoint } from '@agentgateway-otel/exporter'
import { MeterProvider } from '@agentgateway-otel/meter'
import { createInstruments, createLabelSet, METRICS, type MetricKey, selectMetrics } from '@agentgateway-otel/metrics'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { parsePrometheusText } from '../../../test/harness/prometheus-text.ts'
import { Recorder } from './snapshot-encoder.ts'
import { Sums } from './sums.ts'
import { writeText } from './text.ts'

const GATEWAY = 'a "b"\\c\nd'

/** Everything that the table's metrics can be: each with some series, values of all sizes, labels that need escapes. */
async function collected() {
  const { reader } = createScrapeEndpoint()
  const provider = new MeterProvider({ readers: [reader], resource: resourceFromAttributes({ gateway: GATEWAY }) })
  const instruments = createInstruments(provider.getMeter('test'), Object.keys(METRICS) as MetricKey[])
  const http = createLabelSet('http')
  for (const route of ['/', '/:id', 'a "b"\\c\nd', 'ü€😀', '']) {
    for (const value of [0, 0.0005, 0.001, 1, 79.5, 1e9, 123_456.789]) {
      const labels = http.of('GET', '200', route, 'http')
      instruments.requests.add(Math.ceil(value), labels)
      instruments.requestDuration.record(value, labels)
      instruments.requestSize.record(Math.ceil(value), labels)
      instruments.responseSize.record(Math.ceil(value), labels)
    }
  }
  const connection = createLabelSet('connection').of('8080', 'http')
  instruments.connections.add(2 ** 53, connection)
  instruments.connectionsActive.addCallback((result) => result.observe(3, connection))
  const llm = createLabelSet('llmDuration').of('chat', 'openai', 'gpt', 'gpt-4', '')
  instruments.llmRequestDuration.record(0.25, llm)
  return { reader, ...(await reader.collect()) }
}

/** What may be compared: families with samples, without their order; sums of seconds are rounded up to a millionth. */
function comparable(text: string): unknown[] {
  const grain = 2 ** 20
  return [...parsePrometheusText(text).values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const written = samples.map(({ name: sample, labels, value }) => {
        const rounded = sample.endsWith('_seconds_sum') ? Math.ceil(value * grain) / grain : value
        return JSON.stringify([sample, rounded, Object.entries(labels).sort()])
      })
      return [name, help, type, written.sort()]
    })
    .sort()
}

describe('the text of the sums', () => {
  it('says of one process what the serializer of exporter-prometheus says', async () => {
    const { resourceMetrics } = await collected()
    const recorder = new Recorder({ id: 'one', pid: 1, cwd: '', entry: '', ancestors: [] })
    recorder.update(resourceMetrics, true)
    const sums = new Sums()
    sums.begin()
    sums.add(recorder.snapshot, true)
    const text = Buffer.concat([...writeText(sums, ['gateway', GATEWAY], selectMetrics())]).toString()
    const serializer = new PrometheusSerializer('', false, /^gateway$/, true, true)
    assert.deepEqual(comparable(text), comparable(serializer.serialize(resourceMetrics)))
  })

  it('declares the given metrics, counted or not', () => {
    const sums = new Sums()
    sums.begin()
    const families = parsePrometheusText(
      Buffer.concat([...writeText(sums, undefined, new Set([METRICS.requests.name]))]).toString(),
    )
    assert.deepEqual(
      [...families.values()].map(({ name, type, help }) => [name, type, help]),
      [[METRICS.requests.name, 'counter', METRICS.requests.help]],
    )
  })
})
