import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../../harness/environment.ts'
import { summarizeRatio } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { isAsked, type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../instruments/record.js', import.meta.url))

const KINDS = ['counter', 'updown', 'gauge', 'histogram'] as const
const LABELS = ['0', '1', '4', '8'] as const

/** `known`: the same frozen object each time; `fresh`: a new one each time; `bound`: a child for the labels. */
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

/** Each way and kind has a process of its own, so that their compiled code does not depend on each other. */
async function measure(options: Options): Promise<Measurements> {
  const { rounds, milliseconds } = sizeOf(options, { rounds: 5, milliseconds: 10 }, { rounds: 1, milliseconds: 1 })
  const measurements: Measurements = {}
  const kinds = options.short ? ['histogram'] : KINDS.filter((kind) => isAsked(options, kind))
  for (let round = 0; round < rounds; round++) {
    options.say(`round ${round + 1} of ${rounds}`)
    for (const kind of kinds) {
      for (const { name, library, mode } of WAYS) {
        const args = [SCRIPT, library, kind, mode, String(milliseconds)]
        const { stdout } = await promisify(execFile)(process.execPath, args, { env: childEnv() })
        const nanoseconds = JSON.parse(stdout) as Record<string, number>
        measurements[kind] ??= {}
        for (const labels of LABELS) {
          measurements[kind][labels] ??= {}
          measurements[kind][labels][name] ??= []
          measurements[kind][labels][name].push(nanoseconds[labels] ?? Number.NaN)
        }
      }
    }
  }
  return measurements
}

/** Millions of records a second. They vary little, so only the results have the middle half. */
function table(ofKind: Measurements[string]): string {
  const rows = WAYS.map(({ name }) => [
    name,
    ...LABELS.map((labels) => (1000 / summarize(ofKind[labels]?.[name] ?? []).median).toFixed(1)),
    name === OURS ? '' : formatSummary(summarizeRatio(ofKind['4'] ?? {}, name, OURS), 1),
  ])
  return formatTable(['million records a second', 'no label', '1', '4', '8', 'time at 4, to the first'], rows)
}

export const RECORDS: Scenario = {
  name: 'records',
  title: 'A record',
  about: `The library alone, in a process of its own, recording into sixteen series in turn. Known labels are frozen objects that are
handed in again, as our instrumentations do it; fresh ones are made for the record. prom-client's \`.labels()\` is called once for
each series, and its child recorded with. sdk-metrics gets the frozen objects: it looks at what is in them, always.`,
  measure,
  report: (measurements) =>
    Object.entries(measurements)
      .map(([kind, ofKind]) => `### ${kind}\n\n${table(ofKind)}`)
      .join('\n\n'),
  charts: ({ histogram = {} }) => ({
    'records.svg': {
      title: 'One record of a histogram with four labels',
      unit: 'ns',
      bars: WAYS.map(({ name }) => ({ label: name, summary: summarize(histogram['4']?.[name] ?? []) })),
      ours: OURS,
    },
  }),
}
