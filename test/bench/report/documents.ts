import { readFileSync, writeFileSync } from 'node:fs'
import { APPS, type AppName } from '../apps/index.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import { BARE, VARIANTS } from '../variants/index.ts'
import { renderChart } from './chart.ts'
import { summarizeRatio } from './ratios.ts'
import { reportScenario } from './report.ts'
import { type Results, readResults } from './results.ts'
import { formatTable } from './table.ts'
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

function whereAndWhen({ node, machine, date, scenarios }: Results): string {
  const rounds = scenarios['request-path']?.hello?.cpuMicroseconds?.[BARE.name]?.length ?? 0
  const what =
    rounds > 1
      ? 'The numbers are medians over\nthe rounds, with the range of the middle half of the rounds in parentheses. Ratios are taken within each round.'
      : 'It was a single round, so\nthe numbers are rough.'
  return `Measured on ${date} with Node.js ${node} on ${machine}. ${what}`
}

/** Returns the section of the project's README: one table and one chart. */
function summary(results: Results): string {
  return [
    whereAndWhen(results),
    'CPU per request, relative to the app without any of these (1.00 means that nothing is added):',
    cpuToBare(results),
    '![CPU added to a hello-world request, by variant](test/bench/results/request-path-hello.svg)',
  ].join('\n\n')
}

/** Returns the section of the benchmark's own README: all tables and charts. */
function details(results: Results): string {
  return [
    whereAndWhen(results),
    variants(results),
    `## Targets\n\n${formatTargets(results)}`,
    ...SCENARIOS.filter(({ name }) => name in results.scenarios).map((scenario) => {
      const measurements = results.scenarios[scenario.name] ?? {}
      const charts = Object.entries(scenario.charts?.(measurements) ?? {})
      const images = charts.map(([file, { title }]) => `![${title}](results/${file})`)
      return [reportScenario(scenario, measurements, results.dates?.[scenario.name]), ...images].join('\n\n')
    }),
  ].join('\n\n')
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

/**
 * Returns a table with a row for each variant and a column for each app. It omits the MCP app, whose ratios are not
 * reliable: see the remark in scenarios/request-path.ts.
 */
function cpuToBare({ scenarios }: Results): string {
  const measured = Object.entries(scenarios['request-path'] ?? {}).filter(([name]) => name !== 'mcp')
  const rows = VARIANTS.filter((variant) => variant !== BARE).map(({ name }) => [
    name,
    ...measured.map(([, { cpuMicroseconds = {} }]) =>
      name in cpuMicroseconds ? summarizeRatio(cpuMicroseconds, name).median.toFixed(2) : '',
    ),
  ])
  return formatTable(['variant', ...measured.map(([name]) => APPS[name as AppName].short)], rows)
}

if (import.meta.main) writeDocuments()
