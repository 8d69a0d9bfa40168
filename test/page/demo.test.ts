import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import type { Browser } from 'puppeteer-core'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { scrape } from '../harness/app.ts'
import { demoEnv } from '../harness/environment.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'
import { chromiumIsMissing, startChromium } from './chromium.ts'
import { lowestContrast } from './contrast.ts'
import { type OpenedPage, openPage } from './opened-page.ts'

const skip = chromiumIsMissing()
const number = (value: number) => value.toLocaleString('en')
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
})

interface AccessibleNode {
  readonly role: string
  readonly name?: string
  readonly children?: readonly AccessibleNode[]
}

const flatten = (node: AccessibleNode): readonly AccessibleNode[] => [node, ...(node.children ?? []).flatMap(flatten)]
