import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { parseOpenMetrics } from '../harness/openmetrics-text.ts'
import { parsePrometheusText } from '../harness/prometheus-text.ts'
import { type PythonFamily, pythonParserIsMissing, readWithPython } from '../harness/python-parser.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { type HostileApp, startHostileApp } from './hostile-app.ts'
import { STRANGE_METRICS, type StrangeEndpoint, serveStrangeMetrics, type TrueFamily } from './strange-metrics.ts'
import { serveTracedMetrics } from './traced-metrics.ts'

const ACCEPT = { text: 'text/plain', openmetrics: 'application/openmetrics-text; version=1.0.0' }
type Format = keyof typeof ACCEPT

async function bodyOf(url: string, format: Format): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url, { headers: { accept: ACCEPT[format] } })).arrayBuffer())
}

describe('an exposition, read by prometheus_client', { skip: pythonParserIsMissing() }, () => {
  let app: HostileApp
  let strange: StrangeEndpoint
  const startedSeconds = Date.now() / 1000
  before(async () => {
    app = await startHostileApp(0)
    strange = await serveStrangeMetrics()
  })
  after(async () => {
    await strange?.close()
    await app?.stop()
  })

  for (const format of ['text', 'openmetrics'] as const) {
    it(`has in ${format} the names, types, units, help, labels and values that were recorded`, async () => {
      const families = readWithPython(await bodyOf(strange.url, format), format)
      const read = families.filter(({ name }) => name.startsWith('strange_'))
      const expected = Object.entries(STRANGE_METRICS).map(([name, family]) => expectedOf(name, family, format))
      assert.deepEqual(read.map(withoutCreated).sort(byName), expected.sort(byName))
    })

    it(`is in ${format} what this project's own parser reads, for an app with hostile values`, async () => {
      const body = await bodyOf(app.url, format)
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
      const own = format === 'text' ? parsePrometheusText(text) : parseOpenMetrics(text)
      const samples = [...own.values()].map((family) => family.samples)
      assert.deepEqual(
        readWithPython(body, format).map((family) => family.samples),
        samples,
      )
      assert.ok(samples.flat().length > 1000, `${samples.flat().length} samples`)
    })
  }

  it('has in OpenMetrics for each counter and histogram, and for no gauge, the time at which it began', async () => {
    for (const family of readWithPython(await bodyOf(strange.url, 'openmetrics'), 'openmetrics')) {
      const created = family.samples.filter(({ name }) => name === `${family.name}_created`)
      const series = new Set(family.samples.map(({ labels: { le: _, ...labels } }) => JSON.stringify(labels)))
      assert.equal(created.length, family.type === 'gauge' ? 0 : series.size, family.name)
      for (const { value } of created)
        assert.ok(value >= startedSeconds - 1 && value <= Date.now() / 1000, `${family.name}_created ${value}`)
    }
  })

  it('has the exemplars that were recorded, in OpenMetrics alone', async () => {
    const traced = await serveTracedMetrics()
    try {
      const [openMetrics, text] = [await bodyOf(traced.url, 'openmetrics'), await bodyOf(traced.url, 'text')]
      const exemplars = readWithPython(openMetrics, 'openmetrics').flatMap(({ samples }) =>
        samples.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [exemplar])),
      )
      assert.deepEqual(
        exemplars.map(({ value, labels }) => ({ value, labels })),
        traced.exemplars,
      )
      for (const { timestamp } of exemplars) assert.ok(timestamp >= startedSeconds && timestamp <= Date.now() / 1000)
      readWithPython(text, 'text')
      assert.doesNotMatch(new TextDecoder().decode(text), / # /)
    } finally {
      await traced.close()
    }
  })

  it('is accepted by promtool without a complaint', { skip: prometheusIsMissing() }, async () => {
    for (const { url } of [app, strange]) {
      const input = await bodyOf(url, 'text')
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
      assert.equal(status, 0, stdout + stderr)
      assert.equal(stdout + stderr, '')
    }
  })
})

const byName = (a: PythonFamily, b: PythonFamily) => (a.name < b.name ? -1 : 1)

/** The family with its samples in one order, and without those that say when series began. */
function withoutCreated(family: PythonFamily): PythonFamily {
  const samples = family.samples.filter(({ name }) => name !== `${family.name}_created`)
  return { ...family, samples: sorted(samples.map(({ name, labels, value }) => sampleOf(name, labels, value))) }
}

/** The family as prometheus_client should read it. */
function expectedOf(fullName: string, { type, help, unit, series }: TrueFamily, format: Format): PythonFamily {
  const samples = series.flatMap(({ labels, value, buckets }) => {
    if (buckets === undefined) return [sampleOf(fullName, labels, value ?? 0)]
    const own = buckets.map(([bound, count]) => sampleOf(`${fullName}_bucket`, { ...labels, le: String(bound) }, count))
    const count = sampleOf(`${fullName}_count`, labels, buckets.at(-1)?.[1] ?? 0)
    if (value !== undefined) return [...own, sampleOf(`${fullName}_sum`, labels, value), count]
    // OpenMetrics forbids a count where there is no sum.
    return format === 'text' ? [...own, count] : own
  })
  const name = type === 'counter' ? fullName.replace(/_total$/, '') : fullName
  return { name, type, help, unit: format === 'text' ? '' : unit, samples: sorted(samples) }
}

/** A sample with its labels in one order, and with its bound as JavaScript writes numbers. */
function sampleOf(name: string, labels: Readonly<Record<string, string>>, value: number) {
  const own = Object.entries(labels).map(([label, text]) => [label, label === 'le' ? boundOf(text) : text] as const)
  return { name, labels: Object.fromEntries(own.sort()), value }
}

const boundOf = (text: string) => String(Number(text.replace('+Inf', 'Infinity')))

const sorted = <T>(samples: readonly T[]) =>
  [...samples].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
