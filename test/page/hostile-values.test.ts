import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import type { Browser } from 'puppeteer-core'
import { type App, startApp } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { chromiumIsMissing, startChromium } from './chromium.ts'
import { metricsUrlOf, type OpenedPage, openPage } from './opened-page.ts'

const skip = chromiumIsMissing()

describe('the page in a browser', { skip }, () => {
  let browser: Browser
  before(async () => {
    browser = await startChromium()
  })
  after(() => browser?.close())

  describe('of an app with hostile values', () => {
    const ROUTES = [
      '</script><img src=x onerror="alert(1)">',
      '<svg onload=alert(2)>',
      'javascript:alert(3)',
      '\u202egnp.txt\u202c\u202d\u2067rtl',
      '&lt;b&gt; &amp;amp;',
      '__proto__',
      'x'.repeat(250),
      '\u0000\u0007\n\t',
      '_OTHER',
    ]
    const GATEWAY = `</title><img src=x onerror=alert(4)>\u202eevil${'y'.repeat(200)}`
    let app: App
    let opened: OpenedPage
    before(async () => {
      app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), {
        env: {
          OTEL_SERVICE_NAME: GATEWAY,
          OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()),
          ROUTES: JSON.stringify(ROUTES),
          CHILDREN: '1',
        },
      })
      const headers = { 'user-agent': '<img src=x onerror=alert(5)>' }
      await (await fetch(metricsUrlOf(app), { headers })).text()
      opened = await openPage(browser, metricsUrlOf(app))
      await opened.refreshed()
    })
    after(() => app?.stop())

    it('shows them as text, and runs nothing', async () => {
      await opened.page.click('#routes .more')
      const routes = (await opened.rows('routes')).map(([route]) => route)
      assert.deepEqual(
        routes.sort(),
        ROUTES.map((route) => (route.length > 200 ? `${route.slice(0, 200)}…` : route)).sort(),
      )
      assert.match(await opened.text('h1'), /^<\/title><img src=x onerror=alert\(4\)>/)
      assert.deepEqual((await opened.rows('scrapers'))[0]?.[0], '<img src=x onerror=alert(5)>')
      const counts = await opened.page.evaluate(`[document.images.length, document.scripts.length,
        document.querySelectorAll('svg:not([role=img]), b, [onerror], [onload]').length]`)
      assert.deepEqual(counts, [1, 1, 0])
      assert.doesNotMatch(await opened.page.title(), /[\u202a-\u202e\u2066-\u2069]/)
      assert.deepEqual(opened.problems, [])
    })

    it('isolates the direction of each, and stays as wide as the window', async () => {
      const direction = await opened.page.evaluate(`
        [...document.querySelectorAll('#routes tbody th')].every((cell) =>
          cell.firstElementChild.localName === 'bdi' && cell.childNodes.length === 1 &&
          getComputedStyle(cell.firstElementChild).unicodeBidi === 'isolate')`)
      assert.equal(direction, true)
      for (const width of [360, 1280]) {
        await opened.page.setViewport({ width, height: 800 })
        await opened.refreshed()
        assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), width)
      }
    })

    it('shows the leader and those that follow it, child processes and threads', async () => {
      const processes = await opened.rows('processes')
      assert.deepEqual(
        processes.map(([, script, role]) => [script, role]),
        ['leader', 'follower', 'follower'].map((role) => ['test/page/apps/hostile-routes.js', role]),
      )
      const names = processes.map(([name]) => name)
      assert.equal(names[0], String(app.child.pid))
      assert.ok(
        names.some((name) => /^\d+, thread \d+$/.test(name ?? '')),
        names.join('; '),
      )
      const [[, , , , total] = []] = await opened.rows('routes')
      assert.equal(total, '3')
    })
  })

  describe('of any exposition', () => {
    let app: App
    before(async () => {
      app = await startApp(new URL('apps/hostile-routes.js', import.meta.url), { env: { ROUTES: '[]' } })
    })
    after(() => app?.stop())

    const openWith = (body: string) =>
      openPage(browser, metricsUrlOf(app), (request) =>
        request.url() === metricsUrlOf(app) ? { status: 200, contentType: 'text/plain', body } : undefined,
      )

    it('cuts values of 4 KiB, and takes names of labels for what they are', async () => {
      const long = `<img src=x onerror=alert(6)>${'z'.repeat(4096)}`
      const { name } = METRICS.requests
      const opened = await openWith(
        `# HELP ${name} ${long}\n# TYPE ${name} counter\n${name}{__proto__="a",constructor="b",route="${long}",status="200"} 5\n# TYPE <b> x\n`,
      )
      await opened.refreshed()
      assert.deepEqual(
        (await opened.rows('routes')).map(([route]) => route),
        [`${long.slice(0, 200)}…`],
      )
      assert.ok((await opened.text('#families tbody')).length < 1000)
      assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), 1280)
      assert.deepEqual(opened.problems, [])
      await opened.page.close()
    })

    it('shows the first of 20,000 series, and how many more there are', async () => {
      const { name } = METRICS.requests
      const lines = Array.from({ length: 20_000 }, (_, i) => `${name}{status="200",route="/${i}"} ${i}`)
      const opened = await openWith(`# HELP ${name} H.\n# TYPE ${name} counter\n${lines.join('\n')}\n`)
      await opened.refreshed()
      assert.equal((await opened.rows('routes')).length, 8)
      assert.equal(await opened.text('#routes .more'), 'and 19,992 more')
      await opened.page.click('#routes .more')
      assert.equal((await opened.rows('routes')).length, 200)
      assert.equal(await opened.isShown('#routes .rest'), true)
      assert.match(await opened.text('#bounds tbody'), /all labels together/)
      assert.deepEqual(opened.problems, [])
      await opened.page.close()
    })

    it('says why a metric has no series', async () => {
      const opened = await openPage(browser, metricsUrlOf(app))
      await opened.refreshed()
      assert.match(await opened.text('#empty-list'), /agentgateway_llm_requests_total.*AGENTGATEWAY_LLM_HOSTS/)
      assert.equal(await opened.isShown('#llm'), false)
      await opened.page.close()
    })
  })
})
