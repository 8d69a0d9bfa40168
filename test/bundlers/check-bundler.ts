import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { scrape, scrapeUntil, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { type ExportRequest, samplesOf } from '../otlp/export-request.ts'
import type { Bundler, Format } from './bundle.ts'
import { appFile, newFolder } from './folders.ts'

const REQUESTS = 'agentgateway_requests_total'
const ROUTE = { route: '/hello/:name' }

/** Checks apps that a bundler makes one file of: with the preload, with an SDK of their own, and with neither. */
export function checkBundler(name: string, bundle: Bundler, skip: string | false = false): void {
  describe(`an app in one file, bundled by ${name}`, { concurrency: 1, skip }, () => {
    for (const format of ['cjs', 'esm'] as const satisfies Format[]) {
      const extension = format === 'esm' ? 'mjs' : 'cjs'

      it(`${format}: the preload within it serves metrics, with their page, and sends them by OTLP`, async () => {
        let received: ExportRequest | undefined
        const collector = await startOtlpCollector({
          onMetrics: (request) => {
            received = request as ExportRequest
          },
        })
        const file = await bundle(appFile(`preloaded.${extension}`), newFolder(), format)
        const app = await startApp(file, {
          preload: 'none',
          env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '2000' },
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
        const file = await bundle(appFile(`own-sdk.${extension}`), newFolder(), format)
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
      const file = await bundle(appFile('routes-only.mjs'), newFolder(), 'esm')
      const { length } = await readFile(file)
      assert.ok(length < 10_000, `${length} bytes`)
    })
  })
}
