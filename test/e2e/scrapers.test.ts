import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { parseOpenMetrics } from '../harness/openmetrics-text.ts'
import { parsePrometheusText, type Sample, sumOf } from '../harness/prometheus-text.ts'
import type { VectorSample } from '../harness/query-api.ts'
import type { ScrapeServer } from '../harness/scrape-server.ts'
import { SCRAPERS, type Scraper } from '../harness/scrapers.ts'
import { until } from '../harness/until.ts'
import { type HostileApp, startHostileApp } from './hostile-app.ts'
import { type StrangeEndpoint, serveStrangeMetrics } from './strange-metrics.ts'
import { serveTracedMetrics, type TracedMetrics } from './traced-metrics.ts'

const ACCEPT = { text: 'text/plain', openmetrics: 'application/openmetrics-text' }
const SHOWN = 5

describe('what a scraper stores', () => {
  let app: HostileApp
  let strange: StrangeEndpoint
  let traced: TracedMetrics
  const startedSeconds = Date.now() / 1000
  const servers = new Map<string, ScrapeServer>()
  /** What each scraper sends in `Accept`. */
  const accepts = new Map<string, string | undefined>()
  const listeners: Server[] = []
  before(async () => {
    app = await startHostileApp(0)
    strange = await serveStrangeMetrics()
    traced = await serveTracedMetrics()
    // From then on nothing changes.
    await app.metricsWhen((families) => sumOf(families, 'agentgateway_connections_active') === 0)
    const targets = { app: new URL(app.url).host, strange: new URL(strange.url).host, traced: new URL(traced.url).host }
    const start = async ({ name, isMissing, start }: Scraper) => {
      if (isMissing !== false) return
      const listener = createServer((request, response) => {
        accepts.set(name, request.headers.accept)
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end()
      }).listen(0, '127.0.0.1')
      await once(listener, 'listening')
      listeners.push(listener)
      const headers = `127.0.0.1:${(listener.address() as AddressInfo).port}`
      servers.set(name, await start({ ...targets, headers }))
    }
    await Promise.all(SCRAPERS.map(start))
  })
  after(async () => {
    for (const server of servers.values()) await server.stop()
    for (const listener of listeners) listener.close()
    await strange?.close()
    await traced?.close()
    await app?.stop()
  })

  for (const scraper of SCRAPERS) {
    describe(`by ${scraper.name}`, { skip: scraper.isMissing }, () => {
      for (const job of ['app', 'strange'] as const) {
        it(`is every series and value of the metrics of the ${job}, each once`, async () => {
          const server = servers.get(scraper.name) as ScrapeServer
          const expected = await served(job === 'app' ? app.url : strange.url, scraper)
          const stored = await until(
            async () => {
              const samples = await server.query(`{job="${job}"}`)
              return samples.length >= expected.size ? samples : undefined
            },
            () => `${scraper.name} stored ${expected.size} series\n${server.log()}`,
            100,
          )
          assertSame(bySeries(stored.filter(isScraped).map(sampleOf), scraper), expected)
          const up = stored.filter(({ metric }) => metric.__name__ === 'up')
          assert.deepEqual(
            up.map(({ value }) => value),
            [1],
          )
        })
      }

      it('is in the format that it prefers', async () => {
        const accept = await until(() => accepts.get(scraper.name))
        const response = await fetch(strange.url, { headers: { accept } })
        assert.match(response.headers.get('content-type') ?? '', new RegExp(`^${ACCEPT[scraper.format]};`))
      })

      if (scraper.knowsCreated) {
        it('has an increase for the first request of a series, which it has never seen at 0', async () => {
          const server = servers.get(scraper.name) as ScrapeServer
          await server.queryUntil('up{job="traced"}', (samples) => samples[0]?.value === 1)
          traced.countFirst()
          await server.queryUntil('agentgateway_requests_total{status="429"}', (samples) => samples.length === 1)
          const [increase] = await server.query('increase(agentgateway_requests_total{status="429"}[1h])')
          // It is extrapolated to the whole hour.
          assert.ok(increase !== undefined && increase.value > 0, `increase is ${increase?.value}`)
        })

        it('begins with the 0 that each series had when it was created', async () => {
          const first = await servers.get(scraper.name)?.query('min_over_time(strange_values_total[1h])')
          assert.ok(first !== undefined && first.length > 40, `${first?.length} series`)
          assert.deepEqual(new Set(first.map(({ value }) => value)), new Set([0]))
        })
      }

      if (scraper.storesExemplars) {
        it('has the exemplars, each with its trace and the time at which it was measured', async () => {
          const stored = await until(
            async () => {
              const exemplars = await servers.get(scraper.name)?.exemplars('{job="traced"}')
              return exemplars && exemplars.length >= traced.exemplars.length ? exemplars : undefined
            },
            () => `${scraper.name} stored ${traced.exemplars.length} exemplars`,
          )
          const inOrder = stored.sort((a, b) => a.value - b.value)
          assert.deepEqual(
            inOrder.map(({ value, labels }) => ({ value, labels })),
            traced.exemplars,
          )
          for (const { timestamp } of stored)
            assert.ok(timestamp >= startedSeconds && timestamp <= Date.now() / 1000, String(timestamp))
        })
      }

      it('comes without a warning in its log', () => {
        const lines = servers.get(scraper.name)?.log().split('\n') ?? ['']
        // On a busy machine a scrape may take longer than the time between two, which is short here.
        const warnings = lines.filter(
          (line) => /level"?[=:]"?(warn|error)/i.test(line) && !/Timeout exceeded/.test(line),
        )
        assert.deepEqual(warnings, [])
      })
    })
  }
})

/** What the endpoint serves to the scraper, as this project's own parsers read it: values by series. */
async function served(url: string, scraper: Scraper): Promise<Map<string, number>> {
  const text = await (await fetch(url, { headers: { accept: ACCEPT[scraper.format] } })).text()
  const families = scraper.format === 'text' ? parsePrometheusText(text) : parseOpenMetrics(text)
  const samples: Sample[] = []
  for (const family of families.values()) samples.push(...family.samples)
  return bySeries(
    samples.filter(({ name }) => !(scraper.knowsCreated && name.endsWith('_created'))),
    scraper,
  )
}

/** Whether it is not one of the scraper's own metrics about a scrape. */
const isScraped = ({ metric }: VectorSample) => !/^(up|scrape_.*)$/.test(metric.__name__ ?? '')

function sampleOf({ metric, value }: VectorSample): Sample {
  const { __name__: name = '', job: _, instance: __, ...labels } = metric
  return { name, labels, value }
}

/** @throws Error where a series is there twice */
function bySeries(samples: readonly Sample[], { stores = (value) => value }: Scraper): Map<string, number> {
  const values = new Map<string, number>()
  for (const { name, labels, value } of samples) {
    // An empty label is the same as none, and servers write bounds in another way than the text format does.
    const own = Object.entries(labels).filter(([, text]) => text !== '')
    const canonical = own.map(([label, text]) => [label, label === 'le' ? boundOf(text) : text])
    const key = `${name}${JSON.stringify(canonical.sort())}`
    assert.ok(!values.has(key), `${key} is there twice`)
    const stored = stores(value)
    if (stored !== undefined) values.set(key, stored)
  }
  return values
}

const boundOf = (text: string) => String(Number(text.replace('Inf', 'Infinity')))

/** `assert.deepEqual` would show thousands of series. */
function assertSame(actual: Map<string, number>, expected: Map<string, number>): void {
  const differences = [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((key) => !Object.is(actual.get(key), expected.get(key)))
    .map((key) => `${key.slice(0, 300)}: ${actual.get(key)} in place of ${expected.get(key)}`)
  assert.deepEqual(differences.slice(0, SHOWN), [], `${differences.length} differences`)
}
