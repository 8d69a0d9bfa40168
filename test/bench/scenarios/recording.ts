import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../../harness/environment.ts'
import { summarizeRatio } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { shuffle } from '../shuffle.ts'
import { KIND_NAMES, KINDS, type Kind } from './kinds.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../libraries/record.js', import.meta.url))

/** The numbers of labels that are measured. */
const LABEL_COUNTS = ['0', '1', '4', '8'] as const

/**
 * The ways to record a value. `known` passes the same frozen labels object each time, `fresh` a new object each time, and
 * `bound` records with a child that was made for the labels.
 */
const WAYS = [
  { name: 'packages/meter, known labels', library: 'packages/meter', mode: 'known' },
  { name: 'packages/meter, fresh labels', library: 'packages/meter', mode: 'fresh' },
  { name: 'sdk-metrics', library: 'sdk-metrics', mode: 'known' },
  { name: 'prom-client', library: 'prom-client', mode: 'fresh' },
  { name: 'prom-client, .labels()', library: 'prom-client', mode: 'bound' },
  { name: '@prometheus-io/client', library: '@prometheus-io/client', mode: 'fresh' },
  { name: '@prometheus-io/client, .labels()', library: '@prometheus-io/client', mode: 'bound' },
] as const

const OURS = WAYS[0].name

/** Runs a process for each way and kind, so that the compiler's work for one does not affect another. */
async function measure(options: Options): Promise<Measurements> {
  const { rounds, milliseconds } = sizeFor(options, { rounds: 5, milliseconds: 10 }, { rounds: 1, milliseconds: 1 })
  const measurements: Measurements = {}
  const kinds = options.short ? ['histogram'] : KIND_NAMES.filter((kind) => isSelected(options, kind))
  for (let round = 0; round < rounds; round++) {
    options.log(`round ${round + 1} of ${rounds}`)
    for (const kind of kinds) {
      for (const { name, library, mode } of shuffle(contestantsOf(options, WAYS))) {
        const args = [SCRIPT, library, kind, mode, String(milliseconds)]
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: childEnv() })
        const nanoseconds = JSON.parse(stdout) as Record<string, number>
        measurements[kind] ??= {}
        for (const labels of LABEL_COUNTS) {
          measurements[kind][labels] ??= {}
          measurements[kind][labels][name] ??= []
          measurements[kind][labels][name].push(nanoseconds[labels] ?? Number.NaN)
        }
      }
    }
  }
  return measurements
}

/** Returns a table of millions of values per second. They vary little, so it omits the middle half of the rounds. */
function table(measures: Measurements[string]): string {
  const rows = WAYS.map(({ name }) => [
    name,
    ...LABEL_COUNTS.map((labels) => (1000 / summarize(measures[labels]?.[name] ?? []).median).toFixed(1)),
    name === OURS ? '' : formatSummary(summarizeRatio(measures['4'] ?? {}, name, OURS), 1),
  ])
  const counts = ['no label', '1 label', '4 labels', '8 labels']
  return formatTable(['million values per second', ...counts, 'time with 4 labels, relative to the first row'], rows)
}

export const RECORDING: Scenario = {
  name: 'recording',
  title: 'Recording a value',
  about: `Each library alone, in a process of its own, records values into sixteen series in turn. Known labels are frozen objects that
are passed again each time, as our instrumentations do; fresh labels are an object made for the one value. With \`.labels()\`
of prom-client, a child is made once for each series, and records all its values. sdk-metrics is passed the frozen objects,
but reads their contents each time.`,
  measure,
  report: (measurements) =>
    Object.entries(measurements)
      .map(([kind, measures]) => `### ${KINDS[kind as Kind]}\n\n${table(measures)}`)
      .join('\n\n'),
  charts: ({ histogram = {} }) => ({
    'recording.svg': {
      title: 'Recording one value of a histogram with four labels',
      unit: 'ns',
      bars: WAYS.map(({ name }) => ({ label: name, summary: summarize(histogram['4']?.[name] ?? []) })),
      ours: OURS,
    },
  }),
}
