import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'puppeteer-core'
import { chromiumIsMissing, startChromium } from '../page/chromium.ts'
import type { Drawing } from './drawing.ts'
import { ORIGIN, serve } from './served-files.ts'

const BUNDLE = fileURLToPath(new URL('panels/dist/main.js', import.meta.url))

/** Draws dashboards in Chromium. */
export interface Painter {
  /** The types of panels that it can draw. */
  readonly drawable: readonly string[]
  /** The page in Chromium. */
  readonly page: Page
  /** Returns a picture, as PNG. */
  draw(drawing: Drawing): Promise<Uint8Array>
  close(): Promise<void>
}

/** Returns why dashboards cannot be drawn, and says so on stderr, or false if they can. */
export function whyMissing(): string | false {
  if (existsSync(BUNDLE)) return chromiumIsMissing()
  const reason = "NOT TESTED with Grafana's components: npx -y pnpm@12 fetch:grafana"
  process.stderr.write(`${reason}\n`)
  return reason
}

/** @throws Error when the bundle of Grafana's components has not been built */
export async function startPainter(): Promise<Painter> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: npx -y pnpm@12 fetch:grafana makes it`)
  const browser = await startChromium()
  try {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url ?? ''}`)
    })
    await page.setRequestInterception(true)
    page.on('request', (request) => void serve(request))
    await page.goto(`${ORIGIN}/`)
    return {
      page,
      drawable: (await page.evaluate('drawable')) as string[],
      async draw(drawing) {
        const { width, height } = drawing
        await page.setViewport({ width: Math.ceil(width), height: Math.ceil(height), deviceScaleFactor: 1 })
        await page.evaluate(`draw(${JSON.stringify(drawing)})`)
        // Two frames: in the first one React measures, and in the second one the charts are painted.
        await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
        if (errors.length > 0) throw new Error(`the page that draws has failed:\n${errors.splice(0).join('\n')}`)
        return page.screenshot()
      },
      close: () => browser.close(),
    }
  } catch (error) {
    await browser.close()
    throw error
  }
}
