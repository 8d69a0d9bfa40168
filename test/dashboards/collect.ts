import { type Dashboard, queriesOf } from './dashboard.ts'
import type { Drawing, Panel, PanelDrawing, QueryResult } from './drawing.ts'
import type { Layout, PlacedPanel } from './layout.ts'
import { ask } from './query.ts'
import { builtInValues, initialValues, replaceVariables, type TimeRange, type Values } from './variables.ts'

/** Where a dashboard's data comes from. */
export interface Source {
  /** The URL of a Prometheus. */
  readonly url: string
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly scrapeSeconds: number
  /** The types of panels that can be drawn. */
  readonly drawable: readonly string[]
}

/** Asks Prometheus for the data of all panels of a layout. */
export async function collect(source: Source, dashboard: Dashboard, layout: Layout): Promise<Drawing> {
  const values = initialValues(dashboard.templating?.list ?? [])
  const panels: PanelDrawing[] = []
  for (const placed of layout.panels) panels.push(await collectPanel(source, values, placed))
  const { width, height } = layout
  return { fromMs: source.fromSeconds * 1000, toMs: source.toSeconds * 1000, width, height, panels }
}

async function collectPanel(source: Source, values: Values, { panel, place }: PlacedPanel): Promise<PanelDrawing> {
  const { fromSeconds, toSeconds, scrapeSeconds } = source
  const stepSeconds = stepOf(panel, source, place.w)
  // The points are at multiples of the interval, as Grafana has them.
  const aligned = (seconds: number) => Math.floor(seconds / stepSeconds) * stepSeconds
  const range = { fromSeconds: aligned(fromSeconds), toSeconds: aligned(toSeconds), scrapeSeconds, stepSeconds }
  const replace = (text: string) => replaceVariables(text, values, builtInValues(range))
  const stepMs = range.stepSeconds * 1000
  let results: QueryResult[] = []
  try {
    const titled = { ...panel, ...(panel.title !== undefined && { title: replace(panel.title) }) }
    if (panel.type === 'row') return { panel: titled, place, stepMs, results }
    if (!source.drawable.includes(panel.type)) throw new Error(`this script cannot draw panels of type ${panel.type}`)
    results = await askAll(source.url, titled, range, replace)
    const problem = problemOf(titled, results)
    return { panel: titled, place, stepMs, results, ...(problem && { problem }) }
  } catch (error) {
    return { panel, place, stepMs, results, problem: error instanceof Error ? error.message : String(error) }
  }
}

async function askAll(url: string, panel: Panel, range: TimeRange, replace: (text: string) => string) {
  const results: QueryResult[] = []
  for (const query of queriesOf(panel)) {
    results.push(await ask(url, { ...query, expr: replace(query.expr ?? '') }, range))
  }
  return results
}

/** Returns why there is nothing to draw, if so. A panel that says itself what to show then is as it should be. */
function problemOf(panel: Panel, results: readonly QueryResult[]): string | undefined {
  if (results.length === 0) return undefined
  const values = results.flatMap(({ series }) => series.flatMap(({ values }) => values))
  if (values.some(([, text]) => Number.isFinite(Number(text)))) return undefined
  if ((panel.fieldConfig?.defaults as { noValue?: string } | undefined)?.noValue !== undefined) return undefined
  return values.length === 0 ? 'no data' : 'no finite number'
}

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** The interval between the points of a panel's series, as Grafana chooses it: by the width, but not below the scrape interval. */
function stepOf({ maxDataPoints, interval = '' }: Panel, source: Source, widthPx: number): number {
  const { fromSeconds, toSeconds, scrapeSeconds } = source
  const [, number, unit] = /^>?(\d+)(ms|s|m|h)$/.exec(interval) ?? []
  const least = unit === undefined ? 0 : Number(number) * UNITS[unit as keyof typeof UNITS]
  const fitting = Math.ceil((toSeconds - fromSeconds) / (maxDataPoints ?? widthPx))
  return Math.max(scrapeSeconds, least, fitting)
}
