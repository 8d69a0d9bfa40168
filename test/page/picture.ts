/**
 * Takes the picture of the page that the README shows: the demo's app, after some minutes of traffic.
 *
 *     node test/page/picture.ts [--seconds 180] [--all <folder>]
 *
 * With `--all` it also takes pictures of the whole page, light and dark, on a desktop and on a phone.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Page } from 'puppeteer-core'
import { start } from '../../examples/agent/start.js'
import { STEPS } from '../../examples/agent/traffic.js'
import { drive } from '../harness/demo-traffic.ts'
import { demoEnv } from '../harness/environment.ts'
import { startChromium } from './chromium.ts'

const PICTURE = fileURLToPath(new URL('../../packages/exporter/page.png', import.meta.url))

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' }, all: { type: 'string' } } })

async function takeAll(page: Page, folder: string): Promise<void> {
  for (const scheme of ['light', 'dark']) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 900, deviceScaleFactor: 1 })
      await sleep(500)
      await writeFile(join(folder, `${scheme}-${width}.png`), await page.screenshot({ fullPage: true }))
    }
  }
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }])
}

const demo = await start({ env: demoEnv('shop') })
const browser = await startChromium()
const end = new AbortController()
try {
  for (const step of STEPS) await step.run(demo)
  const page = await browser.newPage()
  page.on('console', (message) => console.log(message.text()))
  page.on('pageerror', (error) => console.log(error))
  await page.setViewport({ width: 1280, height: 1145, deviceScaleFactor: 1 })
  await page.goto(new URL('/', demo.metricsUrl).href)
  // A scraper comes too, as Prometheus would.
  const scrape = () => fetch(demo.metricsUrl, { headers: { 'user-agent': 'Prometheus/3.5.0' } })
  const scraping = setInterval(() => void scrape(), 5000)
  await scrape()
  const driving = drive(demo, end.signal)
  await sleep(1000 * Number(values.seconds))
  clearInterval(scraping)
  if (values.all !== undefined) await takeAll(page, values.all)
  await page.setViewport({ width: 1280, height: 1145, deviceScaleFactor: 1 })
  await sleep(1000)
  await writeFile(PICTURE, await page.screenshot())
  end.abort()
  await driving
} finally {
  end.abort()
  await browser.close()
  await demo.stop()
}
