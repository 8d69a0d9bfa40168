/** Which scrapes are measured. */
export interface ScrapeCase {
  readonly format: 'text' | 'openmetrics'
  readonly encoding: 'identity' | 'gzip'
  /** The names of the contestants, as `contestants.js` has them unless there is a `library`. */
  readonly contestants: readonly string[]
  /** The name, as `contestants.js` has it, of what all contestants are in an A/A test. */
  readonly library?: string
  /** About how many lines the exposition has. */
  readonly lines: number
  /** For how many lists of label values a request is recorded between two scrapes. Each has four series. */
  readonly changed: number
  /**
   * How often V8 collects all garbage between two scrapes. It throws away the compiled code of functions that have not run
   * between several collections, as those of a scrape in an app that is busy.
   */
  readonly collections: number
  /** How many processes the app has. A contestant that has but one records what all of them would. */
  readonly processes: number
}

/** The contestant that is ours. */
export const OURS = 'agentgateway-otel'

/** The contestants that ours is held against. */
export const CLIENTS: readonly [string, string] = ['prom-client', '@prometheus-io/client']

export const BARE = 'bare'

const LIBRARIES = [BARE, OURS, ...CLIENTS]
const TEXT_LIBRARIES = [...LIBRARIES, 'exporter-prometheus', 'exporter-prometheus over packages/meter']
const CLUSTERS = CLIENTS.map((name) => `${name}, cluster`)

/** From an app with two routes to as many series as a label set has at most. */
const LINES = [100, 2000, 9000, 20_000, 92_000]

/** 400 series change, since between two scrapes a busy app records some hundreds of its series. */
const CHANGED = 100

const single = (lines: number, format: ScrapeCase['format'], encoding: ScrapeCase['encoding']): ScrapeCase => ({
  format,
  encoding,
  // OpenTelemetry's exporter has one format, and compresses nothing.
  contestants: format === 'text' && encoding === 'identity' ? TEXT_LIBRARIES : LIBRARIES,
  lines,
  changed: CHANGED,
  collections: 0,
  processes: 1,
})

const settled = (lines: number): ScrapeCase => ({
  ...single(lines, 'text', 'identity'),
  contestants: LIBRARIES,
  changed: 0,
})

const afterCollections = (lines: number): ScrapeCase => ({ ...settled(lines), changed: CHANGED, collections: 6 })

/** `bare` and a client with one process have the same samples as the sums of all processes. */
const shared = (lines: number, processes: number, contestants: readonly string[]): ScrapeCase => ({
  ...single(lines, 'text', 'identity'),
  contestants,
  processes,
})

/** Cases that one table shows, by their names. */
export interface CaseGroup {
  readonly title: string
  readonly cases: Readonly<Record<string, ScrapeCase>>
}

const bySize = (title: string, suffix: string, create: (lines: number) => ScrapeCase, sizes = LINES): CaseGroup => ({
  title,
  cases: Object.fromEntries(sizes.map((lines) => [`${lines}-${suffix}`, create(lines)])),
})

export const CASE_GROUPS: readonly CaseGroup[] = [
  bySize('Text format 0.0.4', 'text', (lines) => single(lines, 'text', 'identity')),
  bySize('Text format 0.0.4, gzip', 'text-gzip', (lines) => single(lines, 'text', 'gzip')),
  bySize('OpenMetrics 1.0.0', 'openmetrics', (lines) => single(lines, 'openmetrics', 'identity')),
  bySize('OpenMetrics 1.0.0, gzip', 'openmetrics-gzip', (lines) => single(lines, 'openmetrics', 'gzip')),
  bySize('Text format 0.0.4, nothing recorded between two scrapes', 'settled', settled, [9000, 92_000]),
  bySize(
    'Text format 0.0.4, six garbage collections between two scrapes',
    'collected',
    afterCollections,
    [9000, 92_000],
  ),
  {
    title: 'Several processes of one app, text format 0.0.4',
    cases: {
      ...Object.fromEntries(
        [4, 8, 16].map((processes) => [
          `processes-${processes}`,
          shared(9000, processes, [BARE, OURS, ...CLIENTS, ...CLUSTERS]),
        ]),
      ),
      // A cluster of a client takes seconds for each of these scrapes.
      'processes-16-92000': shared(92_000, 16, [BARE, OURS, ...CLIENTS]),
    },
  },
]

/** The cases that show quickly that everything works. */
export const SHORT_CASES: Readonly<Record<string, ScrapeCase>> = {
  '100-text': single(100, 'text', 'identity'),
  '100-openmetrics-gzip': single(100, 'openmetrics', 'gzip'),
  'processes-4': shared(100, 4, [BARE, OURS, ...CLIENTS, ...CLUSTERS]),
}
