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

/** Everything that is made from the results: the content of each file, by its URL. */
export function renderDocuments(results = readResults()): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const [url, section] of [
    [ROOT_README, summary(results)],
    [BENCH_README, details(results)],
  ] as const) {
    const document = readFileSync(url, 'utf8')
    if (!MARKED.test(document)) throw new Error(`no marks for the benchmark in ${url.pathname}`)
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
      ? 'Medians, with the middle half of the\nrounds in parentheses; ratios are taken within each round.'
      : 'It was a single round: these\nnumbers are rough.'
  return `Measured on ${date} with Node.js ${node} on ${machine}. ${what}`
}

/** Returns what the project's README says of the benchmark: one table and one chart. */
function summary(results: Results): string {
  return [
    whereAndWhen(results),
    'CPU per request, relative to the app without any of these (1.00: nothing added):',
    cpuToBare(results),
    '![CPU added to a hello-world request, by variant](test/bench/results/request-path-hello.svg)',
  ].join('\n\n')
}

/** The sections of the benchmark's own README. */
function details(results: Results): string {
  return [
    whereAndWhen(results),
    variants(results),
    `## Targets\n\n${formatTargets(results)}`,
    ...SCENARIOS.filter(({ name }) => name in results.scenarios).map((scenario) => {
      const measurements = results.scenarios[scenario.name] ?? {}
      const charts = Object.entries(scenario.charts?.(measurements) ?? {})
      const images = charts.map(([file, { title }]) => `![${title}](results/${file})`)
      return [reportScenario(scenario, measurements), ...images].join('\n\n')
    }),
  ].join('\n\n')
}

/** The contestants, and what each does with a request. */
function variants({ versions }: Results): string {
  const rows = VARIANTS.map(({ name, packages, what }) => [
    name,
    what,
    packages.map((one) => (one === name ? versions[one] : `${one} ${versions[one]}`)).join(', '),
  ])
  return formatTable(['variant', 'what it does', 'version'], rows, 3)
}

/**
 * Returns a table with a row for each variant and a column for each app.
 *
 * The app of MCP is left out: its variants are warmed up one after the other, and those that then wait longest lose what
 * the warm-up gave them, which moves its ratios by more than the variants differ.
 */
function cpuToBare({ scenarios }: Results): string {
  const measured = Object.entries(scenarios['request-path'] ?? {}).filter(([name]) => name !== 'mcp')
  const rows = VARIANTS.filter((variant) => variant !== BARE).map(({ name }) => [
    name,
    ...measured.map(([, { cpuMicroseconds = {} }]) =>
      name in cpuMicroseconds ? summarizeRatio(cpuMicroseconds, name).median.toFixed(2) : '',
    ),
  ])
  return formatTable(['', ...measured.map(([name]) => APPS[name as AppName].short)], rows)
}

if (import.meta.main) writeDocuments()
