import { APPS, type AppName } from '../apps/index.ts'
import { summarizeAddedRatio, summarizeRatio } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatNumber, formatSummary, formatTable } from '../report/table.ts'
import { measureSideBySide, type RunSize, STEADY_FLAGS } from '../side-by-side.ts'
import { BARE, OURS, type Variant } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/** The groups of metrics that record something for an app's requests, and how much is measured. */
const CASES: Readonly<Partial<Record<AppName, { readonly groups: readonly string[]; readonly size: RunSize }>>> = {
  hello: {
    groups: ['runtime', 'proxy'],
    size: { rounds: 3, warmUp: 30_000, turns: 80, requests: 500, connections: 32, scrapes: 40 },
  },
  mcp: {
    groups: ['mcp', 'semconv'],
    size: { rounds: 3, processes: 3, warmUp: 14_000, turns: 40, requests: 250, connections: 16, scrapes: 40 },
  },
  'llm-json': {
    groups: ['genai', 'semconv', 'proxy'],
    size: { rounds: 3, warmUp: 6000, turns: 80, requests: 120, connections: 16, scrapes: 40 },
  },
}

const SHORT: RunSize = { rounds: 1, warmUp: 2, turns: 2, requests: 3, connections: 2, scrapes: 1 }

/** Ours with a group of further metrics. */
const oursWith = (group: string): Variant => ({
  ...OURS,
  name: `with ${group}`,
  env: { ...OURS.env, AGENTGATEWAY_METRICS: group },
})

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const [name, { groups, size: full }] of Object.entries(CASES)) {
    if (!isSelected(options, name)) continue
    const all = groups.length > 1 ? [groups.join()] : []
    const variants = [BARE, OURS, ...[...groups, ...all].map(oursWith)]
    const subjects = contestantsOf(
      options,
      variants.map((variant) => ({ name: variant.name, variant })),
    )
    const size = sizeFor(options, { ...full, flags: STEADY_FLAGS }, SHORT)
    const { cpuMicroseconds, scrapeMicroseconds } = await measureSideBySide(
      APPS[name as AppName],
      subjects,
      size,
      (round) => options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds, scrapeMicroseconds }
  }
  return measurements
}

export const GROUPS: Scenario = {
  name: 'groups',
  title: 'Groups of further metrics',
  about: `CPU time of a request and of a scrape of an app with the groups that \`AGENTGATEWAY_METRICS\` adds, beside the eleven default
metrics alone. The column of what is added divides what the variant adds to bare by what the default metrics add.`,
  compared: ['cpuMicroseconds'],
  measure,
  report: (measurements) =>
    Object.entries(measurements)
      .map(([name, { cpuMicroseconds = {}, scrapeMicroseconds = {} }]) => {
        const rows = Object.keys(cpuMicroseconds).map((variant) => {
          const isBare = variant === BARE.name
          return [
            variant === OURS.name ? 'default metrics' : variant,
            formatNumber(summarize(cpuMicroseconds[variant] ?? []).median, 1),
            isBare ? '' : formatSummary(summarizeRatio(cpuMicroseconds, variant), 2),
            isBare ? '' : formatSummary(summarizeAddedRatio(cpuMicroseconds, OURS.name, variant), 2),
            isBare ? '' : formatNumber(summarize(scrapeMicroseconds[variant] ?? []).median / 1000, 2),
          ]
        })
        const head = [
          'variant',
          'CPU of a request, µs',
          'relative to bare',
          'added, relative to the default metrics',
          'CPU of a scrape, ms',
        ]
        return `### ${APPS[name as AppName].title}\n\n${formatTable(head, rows)}`
      })
      .join('\n\n'),
}
