import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'puppeteer-core'
import { type App, startApp } from '../harness/app.ts'
import { createCertificateAuthority } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { until } from '../harness/until.ts'
import { chromiumIsMissing, startChromium } from './chromium.ts'
import { metricsUrlOf, type OpenedPage, openPage } from './opened-page.ts'

const skip = chromiumIsMissing()

describe('the page in a browser', { skip }, () => {
  let browser: Browser
  before(async () => {
    browser = await startChromium()
  })
  after(() => browser?.close())

  describe('of an app with an OTLP exporter', () => {
    let collector: Awaited<ReturnType<typeof startOtlpCollector>>
    let app: App
    let opened: OpenedPage
    before(async () => {
      collector = await startOtlpCollector({ onMetrics: () => {} })
      app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), {
        env: {
          ROUTES: '["/a"]',
          OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint.replace('://', '://user:secret@')}`,
          OTEL_METRIC_EXPORT_INTERVAL: '200',
        },
      })
      opened = await openPage(browser, metricsUrlOf(app))
    })
    after(() => app?.stop())

    /** Waits until the page shows such a result of the last export. */
    async function resultIs(pattern: RegExp): Promise<readonly string[]> {
      let row: readonly string[] = []
      return until(
        async () => {
          await opened.refreshed()
          row = (await opened.rows('exporters')).find(([name]) => name === 'OTLP') ?? []
          return pattern.test(row[2] ?? '') ? row : undefined
        },
        () => row.join('; '),
      )
    }

    it('shows where it sends, without credentials, and whether that succeeded', async () => {
      try {
        const [, url] = await resultIs(/^sent \d+ s ago$/)
        assert.equal(url, `${collector.endpoint}v1/metrics`)
        const status = await (await fetch(new URL('/status.json', metricsUrlOf(app)))).text()
        assert.doesNotMatch(status, /secret/)
      } finally {
        await collector.close()
      }
      await resultIs(/^failed \d+ s ago: .*; last succeeded \d+ s ago$/)
      assert.equal(await opened.text('#otlp'), 'failing')
    })
  })

  describe('behind a proxy with a password and a path of its own', () => {
    it('works, also where the address has the password', async () => {
      const app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), { env: { ROUTES: '["/a"]' } })
      const proxy = createServer((request, response) => {
        const isKnown = request.headers.authorization === `Basic ${btoa('user:secret')}`
        const path =
          request.url?.startsWith('/apps/shop/') && isKnown ? request.url.slice('/apps/shop'.length) : undefined
        if (path === undefined) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="metrics"' }).end()
          return
        }
        const forward = get(new URL(path, metricsUrlOf(app)), { headers: request.headers }, (own) => {
          response.writeHead(own.statusCode ?? 0, own.headers)
          own.pipe(response)
        })
        forward.on('error', () => response.destroy())
      }).listen(0, '127.0.0.1')
      try {
        await once(proxy, 'listening')
        const { port } = proxy.address() as AddressInfo
        const opened = await openPage(browser, `http://user:secret@127.0.0.1:${port}/apps/shop/metrics`)
        await opened.refreshed()
        assert.equal(await opened.text('#state'), 'Live')
        assert.deepEqual(
          (await opened.rows('routes')).map(([route]) => route),
          ['/a'],
        )
        const [[, where] = []] = await opened.rows('exporters')
        assert.equal(where, `http://127.0.0.1:${port}/apps/shop/metrics`)
        assert.deepEqual(opened.problems, [])
        await opened.page.close()
      } finally {
        proxy.close()
        proxy.closeAllConnections()
        await app.stop()
      }
    })
  })

  describe('of an endpoint with TLS and a password', () => {
    it('works like one without, and gives a configuration for TLS', async () => {
      const authority = createCertificateAuthority()
      authority.issue('server', 'DNS:localhost,IP:127.0.0.1')
      const webFile = join(authority.folder, 'web.yml')
      copyFileSync(new URL('../../examples/prometheus/web.yml', import.meta.url), webFile)
      const app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), {
        env: { ROUTES: '["/a"]', AGENTGATEWAY_WEB_CONFIG_FILE: webFile },
      })
      try {
        const opened = await openPage(browser, metricsUrlOf(app).replace('https://', 'https://prometheus:change-me@'))
        await opened.refreshed()
        assert.equal(await opened.text('#state'), 'Live')
        assert.deepEqual(
          (await opened.rows('routes')).map(([route]) => route),
          ['/a'],
        )
        assert.match(await opened.text('#config'), /^ {4}scheme: https$/m)
        assert.deepEqual(opened.problems, [])
        await opened.page.close()
      } finally {
        await app.stop()
      }
    })
  })

  describe('of an endpoint that is busy', () => {
    let app: App
    before(async () => {
      app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), { env: { ROUTES: '[]' } })
    })
    after(() => app?.stop())

    it('says that a scrape was refused, and goes on when it is not any more', async () => {
      let isBusy = true
      const opened = await openPage(browser, metricsUrlOf(app), (request) =>
        isBusy && request.url() === metricsUrlOf(app)
          ? { status: 503, headers: { 'retry-after': '1' }, body: '' }
          : undefined,
      )
      await until(async () => (await opened.isShown('#trouble')) || undefined)
      assert.match(
        await opened.text('#trouble'),
        /more scrapes at once than it takes \(503\).*Next attempt at \d\d:\d\d:\d\d/s,
      )
      isBusy = false
      await until(async () => (await opened.text('#state')) === 'Live' || undefined)
      assert.equal(await opened.isShown('#trouble'), false)
      await opened.page.close()
    })
  })

  describe('of an app that ends', () => {
    it('says so, keeps trying, and goes on when the app is back', async () => {
      const env = { ROUTES: '["/a"]', OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()) }
      const file = new URL('apps/hostile-routes.js', import.meta.url)
      const first = await startApp(file, { env })
      const opened = await openPage(browser, metricsUrlOf(first))
      await opened.refreshed()
      await first.stop('SIGKILL')
      await until(async () => (await opened.isShown('#trouble')) || undefined)
      assert.match(await opened.text('#trouble'), /may have ended.*Next attempt/s)
      assert.equal((await opened.rows('routes')).length, 1)
      const second = await startApp(file, { env })
      try {
        await until(async () => (await opened.text('#state')) === 'Live' || undefined)
        assert.equal(await opened.isShown('#trouble'), false)
        const [[pid] = []] = await opened.rows('processes')
        assert.equal(pid, String(second.child.pid))
      } finally {
        await opened.page.close()
        await second.stop()
      }
    })
  })
})
