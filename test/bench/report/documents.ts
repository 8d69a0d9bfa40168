import { readFileSync, writeFileSync } from 'node:fs'
import { APP_NAMES, APPS, type AppName } from '../apps/index.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import { HEATS, REQUEST_PATH } from '../scenarios/request-path.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { BARE, isOurs, OURS, VARIANTS } from '../variants/index.ts'
import { renderChart } from './chart.ts'
import { formatFairness } from './fairness.ts'
import { summarizeAdded, summarizeRatio } from './ratios.ts'
import { reportScenario } from './report.ts'
import { formatDays, type Results, readResults, whenMeasured } from './results.ts'
import { formatSummary, formatTable } from './table.ts'
import { formatTargets } from './targets.ts'

const ROOT_README = new URL('../../../README.md', import.meta.url)
const BENCH_README = new URL('../README.md', import.meta.url)
const RESULTS = new URL('../results/', import.meta.url)

const MARKED = /(?<=<!-- bench[^>]*-->\n)[\s\S]*?(?=<!-- \/bench -->)/

/** Returns the text of every file that shows the results, by the file's URL. */
export function renderDocuments(results = readResults()): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [url, section] of [
    [ROOT_README, summary(results)],
    [BENCH_README, details(results)],
  ] as const) {
    const document = readFileSync(url, 'utf8')
    if (!MARKED.test(document)) throw new Error(`there are no marks of the benchmark in ${url.pathname}`)
    files.set(
      url.href,
      document.replace(MARKED, () => `\n${section}\n\n`),
    )
  }
  for (const [name, chart] of chartsOf(results)) files.set(new URL(name, RESULTS).href, renderChart(chart))
  return files
}

export function writeDocuments(): void {
  for (const [url, text] of renderDocuments()) writeFileSync(new URL(url), text)
}

const chartsOf = ({ scenarios }: Results) =>
  SCENARIOS.filter(({ name }) => name in scenarios).flatMap(({ name, charts }) =>
    Object.entries(charts?.(scenarios[name] ?? {}) ?? {}),
  )

const where = ({ node, machine }: Results) =>
  `Measured with Node.js ${node} on ${machine}. The numbers are medians over the rounds, with the range of
the middle half of the rounds in parentheses. Ratios are taken within each round.`

/** Returns the section of the project's README: one table and one chart. */
function summary(results: Results): string {
  return [
    where(results),
    'CPU per request, relative to the app without any of these (1.00 means that nothing is added):',
    cpuToBare(results),
    '![CPU added to a hello-world request, by variant](test/bench/results/request-path-hello.svg)',
  ].join('\n\n')
}

/** Returns the section of the benchmark's own README: all tables and charts. */
function details(results: Results): string {
  return [
    where(results),
    variants(results),
    `## Targets\n\n${TARGETS_REMARK}\n\n${formatTargets(results)}`,
    ...beforeAndAfter(results),
    ...alikeTests(results),
    ...SCENARIOS.filter(({ name }) => name in results.scenarios).map((scenario) => {
      const measurements = results.scenarios[scenario.name] ?? {}
      const charts = Object.entries(scenario.charts?.(measurements) ?? {})
      const images = charts.map(([file, { title }]) => `![${title}](results/${file})`)
      return [reportScenario(scenario, measurements, whenMeasured(results, scenario.name)), ...images].join('\n\n')
    }),
  ].join('\n\n')
}

const TARGETS_REMARK = `The floor is what an observer that does nothing costs, by the same measure. Where the floor itself is above a target, the
target is 1.3 times the floor.`

const ALIKE_REMARK = `The same contestant in every place, in a run of its own: the ratios of each place to the median of all, of which the lowest
and the highest end of a middle half are shown. All would be 1.00 without noise.`

/** Returns the table of the A/A tests, where any case has passed one. */
const alikeTests = ({ alike }: Results): readonly string[] =>
  Object.keys(alike).length === 0 ? [] : [`## The A/A tests\n\n${ALIKE_REMARK}\n\n${formatFairness(SCENARIOS, alike)}`]

/** Returns a table of what a request cost ours at an earlier revision, where a run has measured that too. */
function beforeAndAfter({ scenarios }: Results): readonly string[] {
  const measured = Object.entries(scenarios['request-path'] ?? {})
  const names = measured.flatMap(([, { cpuMicroseconds = {} }]) => Object.keys(cpuMicroseconds))
  const before = names.find((name) => isOurs(name) && name !== OURS.name)
  if (before === undefined) return []
  const rows = measured.map(([app, { cpuMicroseconds = {} }]) => [
    APPS[app as AppName].title,
    ...[before, OURS.name].map((name) => formatSummary(summarizeRatio(cpuMicroseconds, name), 2)),
    ...[before, OURS.name].map((name) => formatSummary(summarizeAdded(cpuMicroseconds, name), 1)),
  ])
  const head = ['app', 'before, relative to bare', 'after, relative to bare', 'added before, µs', 'added after, µs']
  return [`## Before and after\n\nBefore is ${before}; both are of the same run.\n\n${formatTable(head, rows)}`]
}

/** Returns a table of the variants: what each of them does, and its version. */
function variants({ versions }: Results): string {
  const rows = VARIANTS.map(({ name, packages, what }) => [
    name,
    what,
    packages.map((own) => (own === name ? versions[own] : `${own} ${versions[own]}`)).join(', '),
  ])
  return formatTable(['variant', 'what it does', 'version'], rows, 3)
}

/** Returns a table with a row for each variant and a column for each app. */
function cpuToBare({ scenarios, dates }: Results): string {
  const apps = APP_NAMES.filter((app) => app in (scenarios[REQUEST_PATH.name] ?? {}))
  const costsIn = (heat: Scenario, app: AppName) => scenarios[heat.name]?.[app]?.cpuMicroseconds ?? {}
  const rows = VARIANTS.filter((variant) => variant !== BARE && !variant.isFloor).flatMap(({ name }) => {
    // Ours is in all heats; its row is of the first.
    const heat = HEATS.find((other) => apps.some((app) => name in costsIn(other, app)))
    if (heat === undefined) return []
    const ratios = apps.map((app) => {
      const costs = costsIn(heat, app)
      return name in costs ? summarizeRatio(costs, name).median.toFixed(2) : ''
    })
    const measured = apps.filter((app) => name in costsIn(heat, app))
    const days = measured.map((app) => [APPS[app].short, dates[heat.name]?.[app] ?? ''])
    return [[name, ...ratios, formatDays(Object.fromEntries(days))]]
  })
  return formatTable(['variant', ...apps.map((name) => APPS[name].short), 'measured on'], rows)
}

if (import.meta.main) writeDocuments()
