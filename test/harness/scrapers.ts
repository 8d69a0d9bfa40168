import { cachedProgram, whyMissing } from './debian-unstable.ts'
import { prometheusIsMissing, startPrometheus } from './real-prometheus.ts'
import type { ScrapeServer } from './scrape-server.ts'
import { startVictoriaMetrics, VICTORIA_METRICS_DIGITS } from './victoria-metrics.ts'

/** A scraper as somebody may run it: a program, its flags, and settings of the job. */
export interface Scraper {
  readonly name: string
  /** The format that it should get. */
  readonly format: 'text' | 'openmetrics'
  /** What it stores of a number; nothing for undefined. Default: the number. */
  readonly stores?: (value: number) => number | undefined
  /** Whether it reads a `_created` line of OpenMetrics as the time that it is, and not as another series. */
  readonly knowsCreated?: boolean
  readonly storesExemplars?: boolean
  /** For the `skip` of a test: false where the program is there, else why it is not. */
  readonly isMissing: string | false
  /**
   * Starts it.
   *
   * @param targets by the job's name, host and port of what it scrapes, each second
   */
  start(targets: Readonly<Record<string, string>>): Promise<ScrapeServer>
}

type Settings = Readonly<Record<string, unknown>>

/** The text of a configuration; JSON is YAML. */
const configOf = (targets: Readonly<Record<string, string>>, settings: Settings = {}) =>
  JSON.stringify({
    scrape_configs: Object.entries(targets).map(([job_name, target]) => ({
      job_name,
      scrape_interval: '1s',
      static_configs: [{ targets: [target] }],
      ...settings,
    })),
  })

const prometheus3 = { isMissing: whyMissing('prometheus-3'), command: cachedProgram('prometheus-3') }

const prometheus = (
  name: string,
  format: Scraper['format'],
  settings: Settings = {},
  flags: readonly string[] = [],
): Scraper => ({
  name: `Prometheus 3 ${name}`,
  format,
  isMissing: prometheus3.isMissing,
  start: (targets) => startPrometheus(configOf(targets, settings), prometheus3.command, flags),
})

export const SCRAPERS: readonly Scraper[] = [
  {
    name: 'the Prometheus on the PATH',
    format: 'openmetrics',
    isMissing: prometheusIsMissing(),
    start: (targets) => startPrometheus(configOf(targets)),
  },
  prometheus('as it is', 'openmetrics'),
  prometheus('with OpenMetrics 1.0.0 alone', 'openmetrics', { scrape_protocols: ['OpenMetricsText1.0.0'] }),
  prometheus('with text 0.0.4 alone', 'text', { scrape_protocols: ['PrometheusText0.0.4'] }),
  prometheus('with text 1.0.0 alone', 'text', { scrape_protocols: ['PrometheusText1.0.0'] }),
  {
    ...prometheus('with created timestamps and exemplars', 'openmetrics', {}, [
      '--enable-feature=created-timestamp-zero-ingestion,exemplar-storage',
    ]),
    knowsCreated: true,
    storesExemplars: true,
  },
  {
    name: 'VictoriaMetrics',
    format: 'text',
    // It takes NaN for the end of a series.
    stores: (value) => {
      if (Number.isNaN(value)) return undefined
      return Math.abs(value) < 1e-300 ? 0 : Number(value.toPrecision(VICTORIA_METRICS_DIGITS))
    },
    isMissing: whyMissing('victoria-metrics'),
    start: (targets) => startVictoriaMetrics(configOf(targets)),
  },
]
