import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { LABEL_SETS, METRICS } from '@agentgateway-otel/metrics'
import { type LocalProvider, startProvider } from '../../../examples/agent/provider.js'
import { type App, startApp } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { type Families, parsePrometheusText, parseSample, type Sample, sumOf } from '../../harness/prometheus-text.ts'
import { prometheusIsMissing, startPrometheus } from '../../harness/real-prometheus.ts'
import { until } from '../../harness/until.ts'

const DOCUMENT = readFileSync(new URL('../../../docs/migrating.md', import.meta.url), 'utf8')

const ITEMS = ['/items/1', '/items/2', '/items/3', '/items/0']
const LLM = ['/ask/gpt-5-mini', '/ask/gpt-5-mini', '/ask/no-such-model']

/** The sections of the document with a table of counts, the app of each, and what it is asked for. */
const SECTIONS = [
  { title: 'prom-client by hand', app: 'by-hand', paths: [...ITEMS, '/fails', '/nowhere', ...LLM] },
  { title: 'express-prom-bundle', app: 'express-prom-bundle', paths: [...ITEMS, '/fails', '/nowhere', ...LLM] },
  { title: 'fastify-metrics', app: 'fastify-metrics', paths: [...ITEMS, '/fails', '/nowhere'] },
  {
    title: 'auto-instrumentations-node',
    app: 'auto-instrumentations',
    paths: [...ITEMS, '/fails', '/nowhere', ...LLM],
  },
  { title: 'openlit', app: 'openlit', paths: [...ITEMS, '/fails', '/nowhere', ...LLM] },
]

const textOf = (title: string) =>
  new RegExp(`^## ${title}\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(DOCUMENT)?.[1] ??
  assert.fail(`no section ${title}`)

/** Returns the rows of the table with this head, each as its cells without backticks. */
function rowsOf(text: string, head: RegExp): string[][] {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => head.test(line))
  assert.ok(first >= 0, `no table with ${head}`)
  const end = lines.findIndex((line, i) => i > first && !line.startsWith('|'))
  return lines.slice(first + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

const COUNTS = /^\| counts +\| before +\| now +\|$/
const LABELS = /^\| label before +\| label now +\| differs +\|$/

/** What a cell of the table selects. */
const selectorOf = (cell: string): Sample => parseSample(`${cell} 0`) ?? assert.fail(`no selector: ${cell}`)

const samplesOf = (families: Families) => [...families.values()].flatMap(({ samples }) => samples)

describe('docs/migrating.md', () => {
  let provider: LocalProvider
  before(async () => {
    provider = await startProvider(0, '127.0.0.1')
  })
  after(() => provider.close())

  for (const { title, app: name, paths } of SECTIONS) {
    describe(`is right about ${title}`, () => {
      const text = textOf(title)
      let app: App
      let ports: { port: number; metricsPort: number }
      let now: Families
      const scrapeBefore = async () => {
        const response = await fetch(`http://127.0.0.1:${ports.metricsPort}/metrics`)
        return parsePrometheusText(tolerated(await response.text()))
      }

      before(async () => {
        app = await startNamed(name, { ...provider.env })
        ports = JSON.parse(app.ready)
        for (const path of paths) await (await fetch(`http://127.0.0.1:${ports.port}${path}`)).text()
        await leave(`http://127.0.0.1:${ports.port}/slow`)
        now = await app.metricsWhen(
          (families) => sumOf(families, METRICS.requests.name) === paths.length + 1 && llmCalls(families, paths),
        )
      })
      after(() => app.stop())

      for (const [what, old = '', fresh = ''] of rowsOf(text, COUNTS)) {
        it(`that both count the same ${what}: ${old} and ${fresh}`, async () => {
          const [oldSelector, newSelector] = [selectorOf(old), selectorOf(fresh)]
          const expected = sumOf(now, newSelector.name, newSelector.labels)
          assert.ok(expected > 0, `${fresh} is ${expected}`)
          let counted = 0
          await until(
            async () => {
              counted = sumOf(await scrapeBefore(), oldSelector.name, oldSelector.labels)
              return counted === expected || undefined
            },
            () => `${old} is ${counted}, ${fresh} is ${expected}`,
          )
        })
      }

      for (const [old = '', fresh = ''] of rowsOf(text, LABELS)) {
        it(`that ${old} is ${fresh} now`, async () => {
          const has = (samples: readonly Sample[], label: string) => samples.some(({ labels }) => label in labels)
          assert.ok(has(samplesOf(await scrapeBefore()), old), `no ${old} before`)
          assert.ok(has(samplesOf(now), fresh), `no ${fresh} now`)
        })
      }

      it('that the buckets of requests ended at 10 seconds', async () => {
        const buckets = samplesOf(await scrapeBefore()).filter((sample) =>
          /^http_.*request.*_bucket$/.test(sample.name),
        )
        const bounds = buckets.map(({ labels }) => Number(labels.le)).filter(Number.isFinite)
        assert.equal(Math.max(...bounds), 10)
      })

      it('that its queries name metrics and labels that are there', async () => {
        const earlier = samplesOf(await scrapeBefore())
        const queries = [...text.matchAll(/^```promql\n([\s\S]*?)\n```/gm)].map(([, query = '']) => query)
        assert.equal(queries.length % 2, 0, 'a query before has one now')
        for (const [i, query] of queries.entries()) {
          const samples = i % 2 === 0 ? earlier : samplesOf(now)
          const [names, labels] = namesIn(query)
          assert.ok(names.length > 0, query)
          for (const name of names)
            assert.ok(
              samples.some((sample) => sample.name === name),
              `no ${name}`,
            )
          for (const label of labels)
            assert.ok(
              samples.some((sample) => label in sample.labels),
              `no ${label}`,
            )
        }
      })
    })
  }

  it('is right that a middleware which waits for finish does not count a client that left', async () => {
    const app = await startNamed('by-hand', { ...provider.env })
    const { port } = JSON.parse(app.ready)
    await leave(`http://127.0.0.1:${port}/slow`)
    await app.metricsWhen((families) => sumOf(families, METRICS.requests.name, { status: '499' }) === 1)
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    assert.doesNotMatch(text, /^http_requests_total\{/m)
    await app.stop()
  })

  it('is right that fastify-metrics leaves out what matches no route', async () => {
    const app = await startNamed('fastify-metrics', {})
    const { port } = JSON.parse(app.ready)
    await (await fetch(`http://127.0.0.1:${port}/nowhere`)).text()
    await app.metricsWhen((families) => sumOf(families, METRICS.requests.name, { route: 'unknown' }) === 1)
    assert.doesNotMatch(
      await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
      /^http_request_duration_seconds_count\{/m,
    )
    await app.stop()
  })

  it('is right that openlit leaves out calls that fail, and that express-prom-bundle has a series for each parameter', async () => {
    const openlit = await startNamed('openlit', { ...provider.env })
    const bundle = await startNamed('express-prom-bundle', { ...provider.env })
    for (const app of [openlit, bundle]) {
      const { port } = JSON.parse(app.ready)
      await (await fetch(`http://127.0.0.1:${port}/ask/no-such-model`)).text()
      await app.metricsWhen((families) => sumOf(families, METRICS.llmRequests.name, { error_type: '404' }) === 1)
    }
    const pageOf = async ({ ready }: App) =>
      (await fetch(`http://127.0.0.1:${JSON.parse(ready).metricsPort}/metrics`)).text()
    const page = await until(async () => {
      const text = await pageOf(openlit)
      // The request to the app is counted, so the call in it would be.
      return /^http_server_request_duration_count\{.*502/m.test(text) ? text : undefined
    })
    assert.doesNotMatch(page, /^gen_ai_client_operation_duration_count\{/m)
    assert.match(await pageOf(bundle), /^http_request_duration_seconds_count\{.*path="\/ask\/no-such-model"/m)
    await openlit.stop()
    await bundle.stop()
  })

  it('is right that OpenLLMetry makes no metrics of LLM calls', async () => {
    const app = await startNamed('openllmetry', { ...provider.env })
    const { port, metricsPort } = JSON.parse(app.ready)
    await (await fetch(`http://127.0.0.1:${port}/ask/gpt-5-mini`)).text()
    await app.metricsWhen((families) => sumOf(families, METRICS.llmRequests.name) === 1)
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
    assert.match(text, /^target_info/m)
    assert.doesNotMatch(text, /gen_ai|llm/)
    await app.stop()
  })

  it('is right about one panel over both, scraped as it says', { skip: prometheusIsMissing() }, async () => {
    const app = await startNamed('by-hand', { ...provider.env })
    const { port } = JSON.parse(app.ready)
    const [, ours = ''] = /metrics on http:\/\/([^/]+)/.exec(app.stderr()) ?? []
    const [, config = ''] = /```yaml\n([\s\S]*?)```/.exec(DOCUMENT) ?? []
    const prometheus = await startPrometheus(
      `global: {scrape_interval: 1s}\n${config.replace('localhost:15020', ours).replace('localhost:3000', `127.0.0.1:${port}`)}`,
    )
    try {
      const [, query = ''] = /### One panel over both[\s\S]*?```promql\n([\s\S]*?)```/.exec(DOCUMENT) ?? []
      const [fresh = '', old = ''] = query.split('\nor\n')
      // Each half has the series of both routes, and together they have each of them once.
      for (const part of [fresh, old, query]) {
        const samples = await until(async () => {
          for (const path of ['/items/1', '/fails']) await (await fetch(`http://127.0.0.1:${port}${path}`)).text()
          const found = await prometheus.query(part)
          return found.length >= 2 && found.every(({ value }) => value > 0) ? found : undefined
        })
        assert.deepEqual(samples.map(({ metric }) => JSON.stringify(metric)).sort(), [
          '{"route":"/fails","status":"500"}',
          '{"route":"/items/:id","status":"200"}',
        ])
      }
    } finally {
      await prometheus.stop()
      await app.stop()
    }
  })

  it('maps attributes of OpenLLMetry to labels that there are', () => {
    const labels = new Set<string>(Object.values(LABEL_SETS).flatMap((set) => set.map(([label]) => label)))
    for (const [, cell = ''] of rowsOf(textOf('OpenLLMetry'), /^\| attribute of the span/)) {
      if (!cell.startsWith('agentgateway_')) assert.ok(labels.has(cell), cell)
    }
  })
})

/** Scrapes of the old endpoint are left out, as the document advises. */
const startNamed = async (name: string, env: Readonly<Record<string, string>>) =>
  startApp(new URL(`./apps/${name}.cjs`, import.meta.url), {
    env: { METRICS_PORT: String(await freePort()), AGENTGATEWAY_HTTP_IGNORE: '/metrics', ...env },
  })

/** Whether all calls that these paths make have been counted. */
const llmCalls = (families: Families, paths: readonly string[]) =>
  sumOf(families, METRICS.llmRequests.name) === paths.filter((path) => path.startsWith('/ask/')).length

/** Asks for a response, and leaves after its first part. */
async function leave(url: string): Promise<void> {
  const leaving = new AbortController()
  const response = await fetch(url, { signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
}

/** The names of metrics and of labels in a query. */
function namesIn(query: string): [names: string[], labels: string[]] {
  const names = [...query.matchAll(/\b([a-z_]+)(?=[{[]|\))/g)].map(([, name = '']) => name).filter((n) => /_/.test(n))
  const matched = [...query.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)
  const grouped = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
  return [names.filter((name) => !grouped.includes(name)), [...matched, ...grouped]]
}

/** The text as Prometheus reads it, which takes the spelling of NaN that prom-client has for a mean of nothing. */
const tolerated = (text: string) => text.replace(/ Nan$/gm, ' NaN')
