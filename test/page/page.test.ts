import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import type { Browser } from 'puppeteer-core'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { type App, scrape, startApp } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { startOtlpCollector } from '../harness/otlp-collector.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { chromiumIsMissing, startChromium } from './chromium.ts'
import { lowestContrast } from './contrast.ts'
import { type OpenedPage, openPage } from './opened-page.ts'

const skip = chromiumIsMissing()
const number = (value: number) => value.toLocaleString('en')
const urlOf = (app: App) => /http:\S+\/metrics/.exec(app.stderr())?.[0] ?? assert.fail(app.stderr())

/** Sums of a metric by one of its labels. */
function sumsBy(families: Families, metric: string, label: string): ReadonlyMap<string, number> {
  const values = new Set(families.get(metric)?.samples.map(({ labels }) => labels[label] as string))
  return new Map([...values].map((value) => [value, sumOf(families, metric, { [label]: value })]))
}

describe('the page in a browser', { skip }, () => {
  let browser: Browser
  before(async () => {
    browser = await startChromium()
  })
  after(() => browser?.close())

  describe('of the demo', () => {
    let demo: Demo
    let opened: OpenedPage
    let families: Families
    /** Whether the page warned, and the configuration that it gave, before anything scraped. */
    let warning: { isShown: boolean; config: string }
    before(async () => {
      demo = await start({ env: demoEnv('shop') })
      for (const step of STEPS) await step.run(demo)
      await demo.proxy.quiet()
      opened = await openPage(browser, demo.metricsUrl)
      await opened.refreshed()
      warning = { isShown: await opened.isShown('#no-scraper'), config: await opened.text('#config') }
      families = await scrape(demo.metricsUrl)
    })
    after(() => demo?.stop())

    it('shows the service, the process and the versions', async () => {
      assert.equal(await opened.text('h1'), 'shop')
      assert.match(await opened.page.title(), /^shop /)
      assert.equal(await opened.text('#state'), 'Live')
      assert.match(await opened.text('#version'), /^\d+\.\d+\.\d+$/)
      assert.equal(await opened.text('#node'), process.versions.node)
      const [[pid, script, role] = []] = await opened.rows('processes')
      assert.deepEqual([pid, script, role], [String(demo.child.pid), 'examples/agent/app.js', 'alone'])
    })

    it('shows the totals that a scrape has', async () => {
      const { requests, llmTokens, mcpRequests, llmRequests } = METRICS
      const expectTotals = async (card: string, metric: string, label: string) => {
        const shown = (await opened.rows(card)).map((row) => [row[0], row.at(-1)])
        const expected = [...sumsBy(families, metric, label)].map(([value, sum]) => [value, number(sum)])
        assert.deepEqual(shown.sort(), expected.sort(), card)
      }
      const statuses = sumsBy(families, requests.name, 'status')
      for (const [status = '', , total] of await opened.rows('requests')) {
        assert.equal(total, number(statuses.get(status.slice(0, 3)) ?? 0), status)
      }
      await expectTotals('routes', requests.name, 'route')
      await expectTotals('mcp-requests', mcpRequests.name, 'method')
      const [[, input, output] = []] = await opened.rows('llm-tokens')
      const tokens = sumsBy(families, llmTokens.name, 'gen_ai_token_type')
      assert.deepEqual(
        [input, output],
        ['input', 'output'].map((type) => number(tokens.get(type) ?? 0)),
      )
      const calls = await opened.rows('llm-calls')
      const sum = calls.reduce((sum, row) => sum + Number(row.at(-1)?.replaceAll(',', '')), 0)
      assert.equal(sum, sumOf(families, llmRequests.name))
      assert.ok(calls.some(([model, error]) => model === 'no-such-model' && error === '404'))
    })

    it('has a row for every metric, which the search finds', async () => {
      const rows = await opened.rows('families')
      assert.deepEqual(
        rows.map(([name]) => name),
        [...families.keys()],
      )
      for (const [name = '', kind, , series] of rows) {
        const family = families.get(name)
        const own = family?.samples.filter((sample) => sample.name === name || sample.name === `${name}_count`)
        assert.deepEqual([kind, series], [family?.type, number(own?.length ?? 0)], name)
      }
      await opened.page.type('#search', 'tokens counter')
      assert.deepEqual(
        (await opened.rows('families')).map(([name]) => name),
        [METRICS.llmTokens.name],
      )
      assert.match(await opened.text('#found'), /^1 of \d+ metrics$/)
      for (const _ of 'tokens counter') await opened.page.keyboard.press('Backspace')
    })

    it('draws each chart, and says in words what it shows', async () => {
      await opened.refreshed()
      const charts = (await opened.page.evaluate(`
        [...document.querySelectorAll('.card:not([hidden]) .chart:not([hidden]) svg')].map((svg) => [
          svg.getAttribute('role'), svg.getAttribute('aria-label'), svg.querySelectorAll('path').length,
        ])`)) as [string, string, number][]
      assert.equal(charts.length, 9)
      for (const [role, label, paths] of charts) {
        assert.equal(role, 'img')
        assert.match(label, /over the last .+: now .+, between .+ and |no values yet/)
        assert.ok(paths > 1, label)
      }
    })

    it('warns that no scraper has come, with a configuration that Prometheus accepts, until one comes', async (test) => {
      assert.equal(warning.isShown, true)
      assert.ok(warning.config.includes(new URL(demo.metricsUrl).host))
      await fetch(demo.metricsUrl, { headers: { 'user-agent': 'Prometheus/3.5.0' } }).then((response) =>
        response.text(),
      )
      await opened.refreshed()
      assert.equal(await opened.isShown('#no-scraper'), false)
      assert.match(await opened.text('#last-scrape'), /^\d+ s ago, took .+s$/)
      const [[client, address, , , , status] = []] = await opened.rows('scrapers')
      assert.deepEqual([client, address, status], ['Prometheus/3.5.0', '127.0.0.1', '200'])
      if (spawnSync('promtool', ['--version']).error) return test.skip('NOT TESTED: no promtool on the PATH')
      const directory = await mkdtemp(join(tmpdir(), 'page-'))
      try {
        await writeFile(join(directory, 'prometheus.yml'), warning.config)
        const { status, stderr } = spawnSync('promtool', ['check', 'config', join(directory, 'prometheus.yml')])
        assert.equal(status, 0, String(stderr))
      } finally {
        await rm(directory, { recursive: true })
      }
    })

    it('can be read on a phone, and in the dark', async () => {
      for (const scheme of ['light', 'dark']) {
        await opened.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
        for (const width of [360, 768, 1280]) {
          await opened.page.setViewport({ width, height: 800 })
          await opened.refreshed()
          assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), width)
          const { ratio, text } = await lowestContrast(opened.page)
          assert.ok(ratio >= 4.5, `${ratio} of ${text}, ${scheme}, ${width}`)
        }
      }
      await opened.page.setViewport({ width: 1280, height: 900 })
      const light = await opened.page.evaluate('getComputedStyle(document.body).backgroundColor')
      await opened.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
      assert.notEqual(await opened.page.evaluate('getComputedStyle(document.body).backgroundColor'), light)
    })

    it('moves nothing for those who do not want that', async () => {
      const animation = () =>
        opened.page.evaluate("getComputedStyle(document.querySelector('.state'), '::before').animationName")
      assert.equal(await animation(), 'beat')
      await opened.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
      assert.equal(await animation(), 'none')
    })

    it('has a name for every region, table and control', async () => {
      const { page } = opened
      const nodes = (await page.accessibility.snapshot({ interestingOnly: false })) as unknown as AccessibleNode
      const all = flatten(nodes)
      for (const role of ['banner', 'main', 'contentinfo', 'searchbox']) {
        assert.equal(all.filter((node) => node.role === role).length, 1, role)
      }
      for (const node of all.filter(({ role }) =>
        /^(region|table|button|link|searchbox|image|columnheader)$/.test(role),
      )) {
        assert.ok(node.name, JSON.stringify({ ...node, children: [] }))
      }
      const levels = (await page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].filter((h) => h.checkVisibility()).map((h) => Number(h.localName[1]))",
      )) as number[]
      assert.equal(levels[0], 1)
      for (const [i, level] of levels.entries()) assert.ok(level - (levels[i - 1] ?? 0) <= 1)
    })

    it('stops while it is paused or hidden', async () => {
      const { page } = opened
      /** Fires after every timer that was set before with a shorter time, so also after the page's, if there were one. */
      const afterTheInterval = () => page.evaluate('new Promise((resolve) => setTimeout(resolve, 6000))')
      await opened.refreshed()
      await page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: true, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))`)
      await page.waitForNetworkIdle()
      const whenHidden = opened.scrapes()
      await afterTheInterval()
      assert.equal(opened.scrapes(), whenHidden)
      await page.evaluate('delete document.hidden')
      await opened.refreshed()

      await page.click('#pause')
      await page.waitForNetworkIdle()
      assert.equal(await opened.text('#state'), 'Paused')
      const whenPaused = opened.scrapes()
      await afterTheInterval()
      assert.equal(opened.scrapes(), whenPaused)
      await page.click('#pause')
      await opened.refreshed()
      assert.equal(await opened.text('#state'), 'Live')
    })

    it('had no error, and broke no rule of its policy', () => {
      assert.deepEqual(opened.problems, [])
    })
  })

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
    const GATEWAY = `</title><img src=x onerror=alert(4)>\u202eevil${'y'.repeat(4000)}`
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
      await (await fetch(urlOf(app), { headers })).text()
      opened = await openPage(browser, urlOf(app))
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
      openPage(browser, urlOf(app), (request) =>
        request.url() === urlOf(app) ? { status: 200, contentType: 'text/plain', body } : undefined,
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

    it('shows the first of 20,000 series and how many more there are, while the tab goes on', async () => {
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
      const opened = await openPage(browser, urlOf(app))
      await opened.refreshed()
      assert.match(await opened.text('#empty-list'), /agentgateway_llm_requests_total.*AGENTGATEWAY_LLM_HOSTS/)
      assert.equal(await opened.isShown('#llm'), false)
      await opened.page.close()
    })

    it('says that a scrape was refused, and goes on when it is not any more', async () => {
      let isBusy = true
      const opened = await openPage(browser, urlOf(app), (request) =>
        isBusy && request.url() === urlOf(app) ? { status: 503, headers: { 'retry-after': '1' }, body: '' } : undefined,
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
      opened = await openPage(browser, urlOf(app))
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
        const status = await (await fetch(new URL('/status.json', urlOf(app)))).text()
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
        const forward = get(new URL(path, urlOf(app)), { headers: request.headers }, (own) => {
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

  describe('of an app that ends', () => {
    it('says so, keeps trying, and goes on when the app is back', async () => {
      const env = { ROUTES: '["/a"]', OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()) }
      const file = new URL('apps/hostile-routes.js', import.meta.url)
      const first = await startApp(file, { env })
      const opened = await openPage(browser, urlOf(first))
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

interface AccessibleNode {
  readonly role: string
  readonly name?: string
  readonly children?: readonly AccessibleNode[]
}

const flatten = (node: AccessibleNode): readonly AccessibleNode[] => [node, ...(node.children ?? []).flatMap(flatten)]
