import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { parseOpenMetrics } from '../harness/openmetrics-text.ts'
import { type Families, parsePrometheusText, type Sample } from '../harness/prometheus-text.ts'
import { prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'
import { HOSTILE_GATEWAY, HOSTILE_VALUES, type HostileApp, startHostileApp } from './hostile-app.ts'

const withoutPrometheus = prometheusIsMissing()

/** The value that each hostile value should have in a label of at most this length, and how often it is counted. */
function expected(maxLength: number, times: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of HOSTILE_VALUES) {
    const label = value.length > maxLength ? '_OTHER' : value.toWellFormed()
    counts.set(label, (counts.get(label) ?? 0) + times)
  }
  return counts
}

describe('a scrape of an app with hostile values', () => {
  for (const [name, children] of [
    ['one process', 0],
    ['several processes', 2],
  ] as const) {
    describe(`of ${name}`, () => {
      let app: HostileApp
      before(async () => {
        app = await startHostileApp(children)
      })
      after(() => app?.stop())

      it('has each hostile value as one series, with its count', async () => {
        const times = children + 1
        const total = HOSTILE_VALUES.length * times
        const families = await app.metricsWhen(
          (families) =>
            total ===
            [...countsBy(families, 'agentgateway_llm_requests_total', 'gen_ai_response_model')].reduce(
              (sum, [, count]) => sum + count,
              0,
            ),
        )
        const routes = countsBy(families, 'agentgateway_requests_total', 'route', { protocol: 'http' })
        assert.deepEqual(routes, expected(256, times))
        const tools = countsBy(families, 'agentgateway_mcp_requests_total', 'resource', {
          role: 'server',
          status: 'ok',
        })
        assert.deepEqual(tools, expected(128, times))
        const models = countsBy(families, 'agentgateway_llm_requests_total', 'gen_ai_response_model')
        assert.deepEqual(models, expected(128, times))
        assert.deepEqual(countsBy(families, 'agentgateway_llm_requests_total', 'gen_ai_request_model'), models)
        for (const { samples } of families.values())
          for (const { labels } of samples) assert.equal(labels.gateway, HOSTILE_GATEWAY)
      })

      // Of several processes only the table's metrics are summed.
      it('has each hostile value of an HttpInstrumentation metric as one series', { skip: children > 0 }, async () => {
        const name = 'http_client_request_duration_seconds'
        const samples = (await app.metrics()).get(name)?.samples.filter((sample) => sample.name === `${name}_count`)
        const counts = new Map(samples?.map(({ labels, value }) => [labels.error_type, value]))
        assert.equal(counts.get('m\ufffd'), 4)
        assert.equal(counts.get('\u2028'), 1)
      })

      it('has the same samples in OpenMetrics', async () => {
        // The last connections may still end. Between two scrapes that are the same, nothing has changed.
        const [openMetrics, families] = await until(async () => {
          const before = await app.metrics()
          const response = await fetch(app.url, { headers: { accept: 'application/openmetrics-text' } })
          const openMetrics = parseOpenMetrics(await response.text())
          const after = await app.metrics()
          return isDeepStrictEqual(before, after) ? ([openMetrics, after] as const) : undefined
        })
        assert.equal(openMetrics.size, families.size)
        for (const { name, type, samples } of families.values()) {
          const base = type === 'counter' ? name.replace(/_total$/, '') : name
          const others = openMetrics.get(base)?.samples.filter((sample) => sample.name !== `${base}_created`) ?? []
          assert.deepEqual(others.map(withPlainBound), samples)
        }
      })

      it('is an exposition that promtool accepts', { skip: withoutPrometheus }, async () => {
        const exposition = await (await fetch(app.url)).text()
        parsePrometheusText(exposition)
        const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
          input: exposition,
          encoding: 'utf8',
        })
        assert.equal(status, 0, stdout + stderr)
      })

      it('is stored unchanged by a real Prometheus', { skip: withoutPrometheus }, async () => {
        const job = {
          job_name: 'hostile',
          scrape_interval: '1s',
          static_configs: [{ targets: [new URL(app.url).host] }],
        }
        const prometheus = await startPrometheus(JSON.stringify({ scrape_configs: [job] }))
        try {
          const series = await prometheus.queryUntil('agentgateway_llm_requests_total', (samples) => samples.length > 0)
          const stored = new Map(series.map(({ metric, value }) => [metric.gen_ai_response_model ?? '', value]))
          assert.deepEqual(stored, expected(128, children + 1))
        } finally {
          await prometheus.stop()
        }
      })
    })
  }
})

/** The counts by the values of this label, of the series that also have the other labels. */
function countsBy(families: Families, name: string, label: string, others: Readonly<Record<string, string>> = {}) {
  const counts = new Map<string, number>()
  for (const { labels, value } of families.get(name)?.samples ?? []) {
    if (!Object.entries(others).every(([other, wanted]) => labels[other] === wanted)) continue
    const key = labels[label] ?? ''
    counts.set(key, (counts.get(key) ?? 0) + value)
  }
  return counts
}

/** The sample with its bound as the text format writes it. */
function withPlainBound({ name, labels, value }: Sample): Sample {
  const { le } = labels
  return { name, labels: le === undefined || le === '+Inf' ? labels : { ...labels, le: String(Number(le)) }, value }
}
