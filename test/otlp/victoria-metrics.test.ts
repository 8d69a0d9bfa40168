import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { scrape } from '../harness/app.ts'
import { whyMissing } from '../harness/debian-unstable.ts'
import { demoEnv } from '../harness/environment.ts'
import type { Sample } from '../harness/prometheus-text.ts'
import type { VectorSample } from '../harness/query-api.ts'
import type { ScrapeServer } from '../harness/scrape-server.ts'
import { until } from '../harness/until.ts'
import { startVictoriaMetrics, VICTORIA_METRICS_DIGITS } from '../harness/victoria-metrics.ts'
import { comparable } from './export-request.ts'

/** The flags that decide what becomes of names. */
const NAMING = {
  'its own naming': [],
  "Prometheus' naming": ['-opentelemetry.usePrometheusNaming'],
  "Prometheus' naming of metrics alone": ['-opentelemetry.convertMetricNamesToPrometheus'],
}

/** The labels that it makes of the resource and of the scope, in each naming. */
const PROMOTED = /^(?:service|telemetry|scope|container|host|process|os)[._]/

const rounded = (samples: readonly Sample[]) =>
  comparable(samples.map((sample) => ({ ...sample, value: Number(sample.value.toPrecision(VICTORIA_METRICS_DIGITS)) })))

/** The sample that a scrape would have. */
function scrapedSample({ metric: { __name__: name = '', ...labels }, value }: VectorSample): Sample {
  return { name, labels: Object.fromEntries(Object.entries(labels).filter(([label]) => !PROMOTED.test(label))), value }
}

/** Waits until the server has the series of a scrape of the app, and no others of the bridge's. */
async function untilSame(server: ScrapeServer, metricsUrl: string): Promise<void> {
  let missing: readonly string[] = []
  let added: readonly string[] = []
  await until(
    async () => {
      const families = await scrape(metricsUrl)
      for (const { name } of DEFAULT_METRICS) assert.ok(families.has(name), `${name} is not in the scrape`)
      const expected = new Set(rounded([...families.values()].flatMap(({ samples }) => samples)))
      const stored = new Set(rounded((await server.query('{__name__=~"agentgateway.*"}')).map(scrapedSample)))
      missing = [...expected].filter((sample) => !stored.has(sample))
      added = [...stored].filter((sample) => !expected.has(sample))
      return missing.length + added.length === 0 || undefined
    },
    () => `VictoriaMetrics is without ${missing.join('\n')}\nand with ${added.join('\n')}`,
    200,
  )
}

describe('VictoriaMetrics, which receives by OTLP', { skip: whyMissing('victoria-metrics'), concurrency: true }, () => {
  for (const [naming, flags] of Object.entries(NAMING)) {
    it(`has each series of a scrape under its name, with its labels and its value, with ${naming}`, async () => {
      const server = await startVictoriaMetrics('{"scrape_configs":[]}', flags)
      let demo: Demo | undefined
      try {
        const env = {
          OTEL_EXPORTER_OTLP_ENDPOINT: `${server.url}/opentelemetry`,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
          AGENTGATEWAY_METRICS: 'mcp',
        }
        demo = await start({ env: { ...demoEnv('shop'), ...env } })
        for (const step of STEPS) await step.run(demo)
        await trickle(demo)
        await demo.proxy.quiet()
        await untilSame(server, demo.metricsUrl)
        // The dashboard selects by this label.
        for (const { name, kind } of DEFAULT_METRICS) {
          const series = kind === 'histogram' ? `${name}_bucket` : name
          const sums = await server.query(`sum by (gateway) (${series}{gateway="shop"})`)
          assert.deepEqual(
            sums.map(({ metric }) => metric),
            [{ gateway: 'shop' }],
            name,
          )
        }
        assert.doesNotMatch(server.log(), /"level":"(?:warn|error)"/)
      } finally {
        await demo?.stop()
        await server.stop()
      }
    })
  }
})
