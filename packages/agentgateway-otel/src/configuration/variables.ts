/**
 * The table of all environment variables that the package reads. It is the only place that spells their names, their
 * defaults and what they may be; the documents' tables are made from it.
 *
 * @module
 */
import { type Buckets, MAX_BOUNDARIES, type MetricSelector } from '@agentgateway-otel/metrics'
import { parseBuckets } from './buckets.ts'
import { LOG_LEVELS } from './configuration.ts'
import { type ExporterName, parseExporters } from './exporters.ts'
import { parseHttpIgnore } from './http-ignore.ts'
import { parseLlmHosts } from './llm-hosts.ts'
import { parseMetricSelectors } from './metric-selectors.ts'
import { parseHeaders } from './otlp-headers.ts'
import { quote } from './quote.ts'
import { MAX_ATTRIBUTE_LENGTH, parseResourceAttributes } from './resource-attributes.ts'
import { parseResourceDetectors, RESOURCE_DETECTORS, type ResourceDetectorName } from './resource-detectors.ts'
import { boolean, choice, integer, path, text, type Variable, variable } from './variable.ts'

/** The longest time that a timer of Node.js can wait. */
const MAX_MILLISECONDS = 2 ** 31 - 1

/** Returns both names of a variable for OTLP: the one for metrics alone comes before the one for all signals. */
const otlp = (name: string) => [`OTEL_EXPORTER_OTLP_METRICS_${name}`, `OTEL_EXPORTER_OTLP_${name}`] as const

/** Where a user finds all variables. */
const DOCUMENT = 'https://github.com/agentgateway-otel/agentgateway-otel/blob/main/docs/configuration.md'

/** Reports the file that a variable names as one that is not read. */
const notRead = ({ parse, ...variable }: Variable<string | undefined>): Variable<string | undefined> => ({
  ...variable,
  parse(text) {
    const parsed = parse(text)
    if (parsed === undefined) return undefined
    const problem = `has ${quote(text)}, which is not read: set variables instead, such as OTEL_SERVICE_NAME and OTEL_EXPORTER_OTLP_ENDPOINT; all are in ${DOCUMENT}`
    return { ...parsed, problems: [problem] }
  },
})

const NO_ENTRIES: Readonly<Record<string, never>> = Object.create(null)

const EXPORTERS = { allowed: 'a list of prometheus, otlp or none', defaultValue: undefined, parse: parseExporters }

export const VARIABLES = {
  prometheusPort: integer(
    {
      names: ['OTEL_EXPORTER_PROMETHEUS_PORT'],
      effect: 'port of `/metrics`; 0 takes a free one',
      specification: 'a port, `9464` by default',
    },
    { what: 'a port', min: 0, max: 65_535, defaultValue: 15_020 },
  ),
  prometheusHost: variable<string | undefined>(
    {
      names: ['OTEL_EXPORTER_PROMETHEUS_HOST'],
      default: '',
      effect: 'address or name that `/metrics` listens on; without one all addresses, IPv6 and IPv4',
      specification: 'an address, `localhost` by default',
    },
    // A wrong host is reported where it is bound, and nothing is served then: the default would be more open.
    {
      allowed: 'an address or a host name',
      defaultValue: undefined,
      parse: (value) => ({ value: value.replace(/^\[(.*)\]$/, '$1') }),
    },
  ),
  serviceName: text(
    {
      names: ['OTEL_SERVICE_NAME'],
      default: "the `name` in the app's package.json, else `unknown_service:node`",
      effect:
        'value of the label `gateway`; processes for which the same name is set, and the same port, share one endpoint',
      specification: 'the attribute `service.name`, before the one in `OTEL_RESOURCE_ATTRIBUTES`',
    },
    { what: 'a name', maxLength: MAX_ATTRIBUTE_LENGTH },
  ),
  resourceAttributes: variable<Readonly<Record<string, string>>>(
    {
      names: ['OTEL_RESOURCE_ATTRIBUTES'],
      default: '',
      effect: `resource attributes for OTLP, \`key=value,key=value\`; \`service.name\` among them names the service too. An attribute that is not valid, or longer than ${MAX_ATTRIBUTE_LENGTH} characters, discards all of them`,
      specification: '`key=value` pairs, percent-encoded; any error discards the whole value',
    },
    { allowed: 'a list of key=value', defaultValue: NO_ENTRIES, parse: parseResourceAttributes },
  ),
  exporters: variable<readonly ExporterName[] | undefined>(
    {
      names: ['AGENTGATEWAY_EXPORTERS'],
      default: '',
      effect:
        "`prometheus` serves `/metrics`, `otlp` sends to a collector; `prometheus,otlp` does both, `none` neither. Where it is set it decides, whatever OpenTelemetry's variables say",
    },
    EXPORTERS,
  ),
  metricsExporter: variable<readonly ExporterName[] | undefined>(
    {
      names: ['OTEL_METRICS_EXPORTER'],
      default: '',
      effect:
        '`otlp` also sends to a collector, and so does an OTLP endpoint while this is unset; `none` switches everything off. `/metrics` is served with any other value',
      specification: 'a list of `otlp`, `prometheus`, `console` or `none`; `otlp` by default',
    },
    EXPORTERS,
  ),
  otlpEndpoint: variable<string | undefined>(
    {
      names: otlp('ENDPOINT'),
      default: '`http://localhost:4318`, gRPC: `http://localhost:4317`',
      effect:
        'also sends the metrics to this collector; each process sends its own, with its own `service.instance.id`. To the one for all signals `/v1/metrics` is added, except by gRPC',
      specification:
        'a URL with `http` or `https`; by HTTP `v1/metrics` is added to the one for all signals, and nothing to the other. For gRPC also without a scheme',
    },
    // What it may be depends on the protocol: `otlp-endpoint.ts` has the rest.
    {
      allowed: 'a URL',
      defaultValue: undefined,
      parse: (value) => ({ value }),
      consequence: 'nothing is sent by OTLP',
    },
  ),
  otlpProtocol: choice(
    {
      names: otlp('PROTOCOL'),
      effect: '`http/protobuf`, `http/json` or `grpc`',
      specification: '`grpc`, `http/protobuf` or `http/json`; `http/protobuf` by default',
    },
    ['http/protobuf', 'http/json', 'grpc'],
    'http/protobuf',
  ),
  otlpHeaders: headers(
    'OTEL_EXPORTER_OTLP_HEADERS',
    'headers of each export, `name=value,name=value`, percent-encoded',
  ),
  otlpMetricsHeaders: headers('OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'further headers, before those of the same names'),
  otlpTimeoutMs: integer(
    {
      names: otlp('TIMEOUT'),
      isRare: true,
      effect: `milliseconds that an export may take, with its retries; 0 is no limit. The interval and \`OTEL_METRIC_EXPORT_TIMEOUT\` limit it too`,
      specification: 'milliseconds, 10000 by default; 0 is no limit',
    },
    { what: 'a number of milliseconds', min: 0, max: MAX_MILLISECONDS, defaultValue: 10_000 },
  ),
  otlpCompression: choice(
    {
      names: otlp('COMPRESSION'),
      isRare: true,
      effect: '`gzip` or `none`',
      specification: '`gzip` or `none`, without a default',
    },
    ['none', 'gzip'],
    'none',
  ),
  otlpCertificate: path({
    names: otlp('CERTIFICATE'),
    isRare: true,
    effect: 'PEM file of the authorities that are trusted, instead of those that Node.js trusts; only with `https`',
    specification: 'the trusted certificate to verify the server by; only for a secure connection',
  }),
  otlpClientCertificate: path({
    names: otlp('CLIENT_CERTIFICATE'),
    isRare: true,
    effect: "PEM file of the client's certificate and its chain; only with a key, and with `https`",
    specification: "the client's certificate and chain, in PEM",
  }),
  otlpClientKey: path({
    names: otlp('CLIENT_KEY'),
    isRare: true,
    isSecret: true,
    effect: "PEM file of the client's private key",
    specification: "the client's private key, in PEM",
  }),
  otlpInsecure: boolean({
    names: otlp('INSECURE'),
    isRare: true,
    effect: '`true` sends to a gRPC endpoint without a scheme without TLS',
    specification: 'whether a gRPC endpoint without a scheme is used without TLS; `false` by default',
  }),
  otlpTemporality: choice(
    {
      names: ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'],
      isRare: true,
      effect:
        '`cumulative`, `delta` or `lowmemory`: whether counters and histograms are sent as totals or as increases',
      specification: '`cumulative`, `delta` or `lowmemory`; `cumulative` by default',
    },
    ['cumulative', 'delta', 'lowmemory'],
    'cumulative',
  ),
  otlpHistogramAggregation: choice(
    {
      names: ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION'],
      isRare: true,
      effect: '`base2_exponential_bucket_histogram` sends exponential histograms; `/metrics` keeps its buckets',
      specification: '`explicit_bucket_histogram`, the default, or `base2_exponential_bucket_histogram`',
    },
    ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
    'explicit_bucket_histogram',
  ),
  exportIntervalMs: integer(
    {
      names: ['OTEL_METRIC_EXPORT_INTERVAL'],
      effect: 'milliseconds between the starts of two exports by OTLP',
      specification: 'milliseconds, 60000 by default',
    },
    { what: 'a number of milliseconds', min: 1, max: MAX_MILLISECONDS, defaultValue: 60_000 },
  ),
  exportTimeoutMs: integer(
    {
      names: ['OTEL_METRIC_EXPORT_TIMEOUT'],
      isRare: true,
      effect: 'milliseconds that an export may take; 0 is no limit',
      specification: 'milliseconds, 30000 by default; 0 is no limit',
    },
    { what: 'a number of milliseconds', min: 0, max: MAX_MILLISECONDS, defaultValue: 30_000 },
  ),
  exportsAtEnd: boolean(
    {
      names: ['AGENTGATEWAY_EXPORT_AT_END'],
      isRare: true,
      effect: '`false` leaves out the last export by OTLP, which is made when the event loop runs dry',
    },
    true,
  ),
  exemplarFilter: choice(
    {
      names: ['OTEL_METRICS_EXEMPLAR_FILTER'],
      isRare: true,
      effect: '`trace_based` adds the traces of sampled requests to histograms, `always_off` adds none',
      specification: '`always_on`, `always_off` or `trace_based`; `trace_based` by default',
    },
    ['trace_based', 'always_off'],
    'trace_based',
  ),
  resourceDetectors: variable<readonly ResourceDetectorName[] | undefined>(
    {
      names: ['OTEL_NODE_RESOURCE_DETECTORS'],
      isRare: true,
      default: '`all`',
      effect: `detectors of resource attributes for OTLP: ${RESOURCE_DETECTORS.map((name) => `\`${name}\``).join(', ')}, \`all\` or \`none\`. No command line is sent. What \`env\` and \`serviceinstance\` find is always sent, and comes before what others find`,
      specification: "not in the specification: a variable of OpenTelemetry's Node.js SDK, there with `all` by default",
    },
    {
      allowed: `a list of ${RESOURCE_DETECTORS.join(', ')}, all or none`,
      defaultValue: undefined,
      parse: parseResourceDetectors,
    },
  ),
  configFile: notRead(
    path({
      names: ['OTEL_CONFIG_FILE', 'OTEL_EXPERIMENTAL_CONFIG_FILE'],
      isRare: true,
      effect: 'none: the file is not read, as a line on stderr says. Set the variables of this table instead',
      specification: 'a configuration file that takes the place of all other variables; the second name is deprecated',
    }),
  ),
  logLevel: choice(
    {
      names: ['OTEL_LOG_LEVEL'],
      effect: 'what stderr gets: `none` nothing, `error` or `warn` no start-up line, `debug` more lines',
      specification: 'the log level of the SDK itself, `info` by default',
    },
    LOG_LEVELS,
    'info',
  ),
  disabled: boolean({
    names: ['OTEL_SDK_DISABLED'],
    effect: '`true` starts the app untouched',
    specification: '`true` disables the SDK for all signals',
  }),
  metrics: variable<readonly MetricSelector[]>(
    {
      names: ['AGENTGATEWAY_METRICS'],
      default: '',
      effect: 'names of optional metrics, or of their groups, to add; with `-` before a name, the metric is left out',
    },
    { allowed: 'a list of metrics and groups', defaultValue: [], parse: parseMetricSelectors },
  ),
  buckets: variable<Buckets>(
    {
      names: ['AGENTGATEWAY_BUCKETS'],
      default: '',
      effect: `upper bounds of the buckets of histograms, up to ${MAX_BOUNDARIES} each, in seconds or bytes: \`request_duration_seconds=0.1,0.5,1;request_size_bytes=1024,65536\`. Processes of one app need the same ones, to be added up`,
    },
    { allowed: 'a list of histograms and their boundaries', defaultValue: {}, parse: parseBuckets },
  ),
  httpIgnore: variable<readonly string[]>(
    {
      names: ['AGENTGATEWAY_HTTP_IGNORE'],
      default: '',
      effect:
        'paths, as clients send them, whose requests the HTTP metrics leave out: `/healthz,/internal/*`. Connections and MCP requests are counted all the same',
    },
    { allowed: 'a list of paths', defaultValue: [], parse: parseHttpIgnore },
  ),
  routes: choice(
    {
      names: ['AGENTGATEWAY_ROUTES'],
      effect:
        'where the label `route` comes from: `auto` has the routes of frameworks, `explicit` only what the app passes to `setRoute`',
    },
    ['auto', 'explicit'],
    'auto',
  ),
  llmHosts: variable<Readonly<Record<string, string>>>(
    {
      names: ['AGENTGATEWAY_LLM_HOSTS'],
      default: '',
      effect: 'values of `gen_ai_system` for hosts that are not known: `llm.internal=openai,10.0.0.5:8000=vllm`',
    },
    { allowed: 'a list of host=system', defaultValue: NO_ENTRIES, parse: parseLlmHosts },
  ),
  mcpSessionIdleSeconds: integer(
    {
      names: ['AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS'],
      effect: 'seconds without use after which an MCP session over Streamable HTTP counts as ended',
    },
    { what: 'a number of seconds', min: 1, max: 2 ** 31 - 1, defaultValue: 1800 },
  ),
  perProcess: boolean({
    names: ['AGENTGATEWAY_PER_PROCESS'],
    effect: '`true` gives each process an endpoint of its own, on a free port where the port is taken',
  }),
  metricsToken: variable<string | undefined>(
    {
      names: ['AGENTGATEWAY_METRICS_TOKEN'],
      isSecret: true,
      // A token that is set but empty is most likely a secret that was not filled in, which must not open the endpoint.
      maybeEmpty: true,
      default: '',
      effect: 'a bearer token of 16 characters or more, without which nobody may scrape',
    },
    { allowed: 'a token', defaultValue: undefined, parse: (value) => ({ value }) },
  ),
  // A path that cannot be right locks the endpoint too, so it is passed on as it is.
  webConfigFile: variable<string | undefined>(
    {
      names: ['AGENTGATEWAY_WEB_CONFIG_FILE'],
      default: '',
      effect:
        "a file that locks `/metrics` by TLS, client certificates and passwords: the web configuration file of Prometheus's exporters",
    },
    { allowed: 'the path of a file', defaultValue: undefined, parse: (value) => ({ value }) },
  ),
  httpInstrumentation: boolean({
    names: ['AGENTGATEWAY_HTTP_INSTRUMENTATION'],
    effect: "`true` also makes OpenTelemetry's own HTTP metrics",
  }),
}

function headers(name: string, effect: string) {
  return variable<Readonly<Record<string, string>>>(
    {
      names: [name],
      isSecret: true,
      default: '',
      effect,
      specification: '`name=value` pairs as in W3C Baggage, percent-encoded, without `;` metadata',
    },
    { allowed: 'a list of name=value', defaultValue: NO_ENTRIES, parse: parseHeaders },
  )
}
