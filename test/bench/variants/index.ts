import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { REGISTER } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'

/** A way to run the app. */
export interface Variant {
  readonly name: string
  /** What stands before the app's name on the command line of Node.js. */
  readonly flags: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A variant that counts requests, and says where its metrics are in a line on stderr. */
export interface CountingVariant extends Variant {
  /**
   * How many of the app's requests it has counted, in each metric that has a number for every request.
   *
   * @param scrapes how many have been answered before this one
   */
  counted(families: Families, scrapes: number): readonly number[]
}

/** In JavaScript, so that nobody's start includes the loading of a type stripper. */
const preload = (file: string) => ['--import', fileURLToPath(new URL(file, import.meta.url))]

/** An ephemeral port, so that nothing else on the machine is in the way. */
const FREE_PORT = { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }

/** What hello.cjs answers with. */
const BODY_BYTES = 13

/** By the counter, by the count of each of the three histograms, and by the bytes that were answered. */
const countedByAll = (families: Families) => [
  sumOf(families, METRICS.requests.name),
  ...[METRICS.requestDuration, METRICS.requestSize, METRICS.responseSize].map(({ name }) =>
    sumOf(families, `${name}_count`),
  ),
  sumOf(families, `${METRICS.responseSize.name}_sum`) / BODY_BYTES,
]

export const BARE: Variant = { name: 'bare', flags: [] }

export const OURS: CountingVariant = {
  name: 'agentgateway-otel',
  flags: ['--import', REGISTER],
  env: FREE_PORT,
  counted: countedByAll,
}

export const PROM_CLIENT: CountingVariant = {
  name: 'prom-client by hand',
  flags: preload('./prom-client.js'),
  counted: countedByAll,
}

export const HTTP_INSTRUMENTATION: CountingVariant = {
  name: 'HttpInstrumentation',
  flags: preload('./http-instrumentation.js'),
  // It counts scrapes, too.
  counted: (families, scrapes) => [sumOf(families, 'http_server_request_duration_count') - scrapes],
}

/** As its documentation has it, without detectors that ask the network, and with nowhere to send to. */
export const AUTO_INSTRUMENTATIONS: Variant = {
  name: 'auto-instrumentations-node',
  flags: ['--require', fileURLToPath(import.meta.resolve('@opentelemetry/auto-instrumentations-node/register'))],
  env: {
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
  },
}

function sumOf(families: Families, sample: string): number {
  const samples = [...families.values()].flatMap((family) => family.samples)
  return samples.filter(({ name }) => name === sample).reduce((sum, { value }) => sum + value, 0)
}
