/** An agent, or an SDK of one, that tests run in one process with this package. */
export interface KnownAgent {
  /** The npm package. */
  readonly name: string
  /** What a user has to know; undefined where there is nothing. The README's table has it too. */
  readonly known?: string
  /** Whether what it sets for the process applies to a flag of this package that stands behind its own. */
  readonly changesLaterFlags?: boolean
}

const AS_AUTO_INSTRUMENTATIONS = 'As with `auto-instrumentations-node`'

/** The agents of the README's table. */
export const KNOWN_AGENTS: readonly KnownAgent[] = [
  { name: '@opentelemetry/sdk-node', known: 'Metrics of a `PrometheusExporter` need a port of their own: see below' },
  {
    name: '@opentelemetry/auto-instrumentations-node',
    known:
      "ES modules need its loader hook. Loaded before this package with OTLP, it may report a `dns.lookup` of the app's own `listen` that it missed before",
  },
  {
    name: '@elastic/opentelemetry-node',
    known:
      "It sets `OTEL_METRICS_EXPORTER=otlp` and delta temporality for the process, which apply to a flag of this package that stands after EDOT's",
    changesLaterFlags: true,
  },
  { name: '@splunk/otel', known: AS_AUTO_INSTRUMENTATIONS },
  { name: '@azure/monitor-opentelemetry' },
  { name: 'elastic-apm-node', known: 'ES modules need its loader hook, with which apps end on Node.js 22' },
  { name: 'dd-trace' },
  { name: '@sentry/node' },
  { name: 'newrelic' },
  { name: 'openlit' },
  { name: '@traceloop/node-server-sdk', known: 'It does not trace openai 7; this package counts its calls' },
  { name: '@langfuse/otel' },
  { name: '@langfuse/openai' },
  { name: 'langfuse' },
]
