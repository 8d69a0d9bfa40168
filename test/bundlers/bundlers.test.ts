import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scrape, scrapeUntil, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, samplesOf } from '../otlp/export-request.ts'
import { BUNDLERS, type Bundler, type Format } from './bundle.ts'

/** Of the password `s3cret`. */
const HASH = '$2b$04$MrsZsyUA5nxQeu8F9MBJkuntlTXxNSvRFqGCjQBOPqC.AfiqMYPKe'

const REQUESTS = 'agentgateway_requests_total'
const ROUTE = { route: '/hello/:name' }
const appFile = (name: string) => fileURLToPath(new URL(`./apps/${name}`, import.meta.url))

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundlers-'))
})
after(() => rm(directory, { recursive: true }))

const newFolder = () => mkdtemp(join(directory, 'app-'))

for (const [name, bundle] of Object.entries(BUNDLERS)) {
  describe(`an app in one file, bundled by ${name}`, { concurrency: 1 }, () => {
    for (const format of ['cjs', 'esm'] as const satisfies Format[]) {
      const extension = format === 'esm' ? 'mjs' : 'cjs'

      it(`${format}: the preload within it serves metrics, with their page, and sends them by OTLP`, async () => {
        let received: ExportRequest | undefined
        const collector = await startOtlpCollector({
          onMetrics: (request) => {
            received = request as ExportRequest
          },
        })
        const file = await bundle(appFile(`preloaded.${extension}`), await newFolder(), format)
        const app = await startApp(file, {
          preload: 'none',
          env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '200' },
        })
        try {
          const [metricsUrl] = await app.line(/https?:\/\/\S+\/metrics/, 'stderr')
          await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
          await scrapeUntil(
            () => scrape(metricsUrl),
            (families) => sumOf(families, REQUESTS, ROUTE) === 1,
          )
          const page = await (await fetch(new URL('/', metricsUrl))).text()
          assert.match(page, /<html/)
          await until(() => {
            const sent = received ? samplesOf(received) : []
            return (
              sent.some(
                ({ name, labels, value }) => name === REQUESTS && labels.route === ROUTE.route && value === 1,
              ) || undefined
            )
          })
        } finally {
          await app.stop()
          await collector.close()
        }
        assert.equal(app.stderr().split('\n').length, 2, app.stderr())
      })

      it(`${format}: the instrumentations within it record with the SDK that the bundle has`, async () => {
        const port = await freePort()
        const file = await bundle(appFile(`own-sdk.${extension}`), await newFolder(), format)
        const app = await startApp(file, { preload: 'none', env: { SDK_PORT: String(port) } })
        try {
          await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
          await scrapeUntil(
            () => scrape(`http://127.0.0.1:${port}/metrics`),
            (families) => sumOf(families, REQUESTS, { ...ROUTE, gateway: 'bundled' }) === 1,
          )
        } finally {
          await app.stop()
        }
        assert.equal(app.stderr(), '')
      })
    }

    it('an app that uses only `setRoute` does not get the instrumentations', async () => {
      const file = await bundle(appFile('routes-only.mjs'), await newFolder(), 'esm')
      const { length } = await readFile(file)
      assert.ok(length < 10_000, `${length} bytes`)
    })
  })
}

describe('the preload within an app in one file', () => {
  let file: string
  before(async () => {
    file = await (BUNDLERS.esbuild as Bundler)(appFile('preloaded.mjs'), await newFolder(), 'esm')
  })

  it('verifies passwords, and makes the metrics of HttpInstrumentation', async () => {
    const webFile = join(directory, 'web.yml')
    await writeFile(webFile, `basic_auth_users: { prometheus: '${HASH}' }\n`)
    const app = await startApp(file, {
      preload: 'none',
      env: { AGENTGATEWAY_WEB_CONFIG_FILE: webFile, AGENTGATEWAY_HTTP_INSTRUMENTATION: 'true' },
    })
    const [metricsUrl] = await app.line(/https?:\/\/\S+\/metrics/, 'stderr')
    const statusOf = async (password: string) => {
      const authorization = `Basic ${btoa(`prometheus:${password}`)}`
      const response = await fetch(metricsUrl, { headers: { authorization } })
      return [response.status, await response.text()] as const
    }
    await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
    assert.equal((await statusOf('wrong'))[0], 401)
    const [status, text] = await statusOf('s3cret')
    assert.equal(status, 200)
    assert.match(text, /^http_server_request_duration_seconds_count\{.*\} 1$/m)
    await app.stop()
    assert.equal(app.stderr().split('\n').length, 2, app.stderr())
  })

  for (const protocol of ['grpc', 'http/json'] as const) {
    it(`sends by ${protocol}`, async () => {
      const sent = Promise.withResolvers<void>()
      const collector = await startOtlpCollector({ onMetrics: () => sent.resolve() })
      const app = await startApp(file, {
        preload: 'none',
        env: {
          AGENTGATEWAY_EXPORTERS: 'otlp',
          OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? collector.grpcEndpoint : collector.endpoint,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
        },
      })
      await (await fetch(`http://127.0.0.1:${app.ready}/hello/you`)).text()
      await sent.promise
      await app.stop()
      await collector.close()
      assert.match(app.stderr(), /^agentgateway-otel: .*, metrics go to OTLP only\n$/)
    })
  }
})
