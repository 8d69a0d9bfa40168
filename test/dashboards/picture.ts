/**
 * Takes pictures of the Grafana dashboards without Grafana: the demo's app has some minutes of traffic, a real Prometheus scrapes
 * it, and Chromium draws what Prometheus answers to the dashboards' queries, with Grafana's own components.
 *
 *     npx -y pnpm@12 picture:dashboards [--seconds 600] [--scrape-seconds 1] [--all <folder>] [--strict] [dashboard.json …]
 *
 * The first row of the first dashboard becomes `packages/dashboards/overview.png`. With `--all`, pictures of the whole dashboards
 * go to that folder. Panels without data are listed on stderr, and with `--strict` the exit code is 1 if there are any. The bars of
 * failures count whole minutes, and the rules of costs need one: below three minutes these panels are empty.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { collect, type Source } from './collect.ts'
import { type Dashboard, readDashboard } from './dashboard.ts'
import type { Drawing } from './drawing.ts'
import { layOut, sectionsOf } from './layout.ts'
import { type Painter, startPainter } from './painter.ts'
import { withScrapedDemo } from './scraped-demo.ts'

const DASHBOARDS = new URL('../../packages/dashboards/', import.meta.url)
const OVERVIEW = fileURLToPath(new URL('overview.png', DASHBOARDS))
const WIDTH = 1600

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '600' },
    'scrape-seconds': { type: 'string', default: '1' },
    all: { type: 'string' },
    strict: { type: 'boolean', default: false },
  },
})

function positive(option: 'seconds' | 'scrape-seconds'): number {
  const number = Number(values[option])
  if (number > 0) return number
  throw new Error(`--${option} is ${values[option]}: it has to be a number above 0`)
}

async function save(painter: Painter, drawing: Drawing, file: string): Promise<void> {
  await writeFile(file, await painter.draw(drawing))
  console.log(file)
}

/** Lists the panels that have nothing to show, and returns whether there are any. */
function report({ title }: Dashboard, { panels }: Drawing): boolean {
  const silent = panels.filter(({ problem }) => problem !== undefined)
  for (const { panel, problem } of silent) console.error(`${title}: ${panel.title ?? panel.type}: ${problem}`)
  return silent.length > 0
}

const seconds = positive('seconds')
const scrapeSeconds = positive('scrape-seconds')
const files =
  positionals.length > 0
    ? positionals.map((file) => resolve(file))
    : ['agentgateway-otel.json', 'agentgateway-proxy.json'].map((name) => fileURLToPath(new URL(name, DASHBOARDS)))
const dashboards = await Promise.all(files.map(async (file) => ({ file, dashboard: await readDashboard(file) })))
if (values.all !== undefined) await mkdir(values.all, { recursive: true })
const painter = await startPainter()
try {
  await withScrapedDemo(seconds, scrapeSeconds, async (scraped) => {
    const source: Source = { ...scraped, drawable: painter.drawable }
    for (const [i, { file, dashboard }] of dashboards.entries()) {
      const rows = sectionsOf(dashboard.panels)
      if (i === 0) await save(painter, await collect(source, dashboard, layOut(rows.slice(0, 1), WIDTH)), OVERVIEW)
      const whole = await collect(source, dashboard, layOut(rows, WIDTH))
      if (values.all !== undefined) await save(painter, whole, join(values.all, `${basename(file, '.json')}.png`))
      if (report(dashboard, whole) && values.strict) process.exitCode = 1
    }
  })
} finally {
  await painter.close()
}
