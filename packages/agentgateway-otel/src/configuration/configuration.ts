import type { Buckets, MetricSelector } from '@agentgateway-otel/metrics'
import type { ResourceDetectorName } from './resource-detectors.ts'

/** The configuration of the preload, as the environment gives it: by OpenTelemetry's own variables where it has one. */
export interface Configuration {
  readonly disabled: boolean
  readonly logLevel: LogLevel
  /** The address of the scrape endpoint; all addresses without a host. Undefined when there is to be no endpoint. */
  readonly prometheus: { readonly host: string | undefined; readonly port: number } | undefined
  /** What locks the scrape endpoint; undefined when nothing does. */
  readonly locks: LockConfiguration | undefined
  /** Whether each process has an endpoint of its own, instead of one for all processes. */
  readonly perProcess: boolean
  /** The OTLP bridge; undefined when there is to be none. */
  readonly otlp: OtlpConfiguration | undefined
  /** The service's name by `OTEL_SERVICE_NAME`, which comes before the one among the resource attributes. */
  readonly serviceName: string | undefined
  /** `OTEL_RESOURCE_ATTRIBUTES`, decoded; empty where a part of it is not valid. */
  readonly resourceAttributes: Readonly<Record<string, string>>
  /** `OTEL_NODE_RESOURCE_DETECTORS`, in its order; undefined where it is not set. */
  readonly resourceDetectors: readonly ResourceDetectorName[] | undefined
  /** The path of a declarative configuration of OpenTelemetry's SDK, which is not read. */
  readonly configFile: string | undefined
  /** The metrics to make besides the default ones, or not to make. */
  readonly metrics: readonly MetricSelector[]
  /** The upper bounds of histograms that are not to have those of the table, ascending. */
  readonly buckets: Buckets
  /** Which measurements may become exemplars: those of sampled spans, or none. */
  readonly exemplarFilter: 'trace_based' | 'always_off'
  /** The paths whose requests the HTTP metrics leave out: `/path` alone, or all below one, `/path/*`. */
  readonly httpIgnore: readonly string[]
  /** Where the label `route` comes from: frameworks and `setRoute`, or `setRoute` alone. */
  readonly routes: 'auto' | 'explicit'
  readonly mcpSessionIdleSeconds: number
  /** Whether OpenTelemetry's own HTTP metrics are made as well. */
  readonly httpInstrumentation: boolean
  /** `gen_ai_system` by host, or by host and port. */
  readonly llmHosts: Readonly<Record<string, string>>
  /** What is wrong with the environment and how it was resolved, a line for each problem. */
  readonly problems: readonly string[]
}

/** The OTLP bridge, as `OTEL_EXPORTER_OTLP_*` and `OTEL_METRIC_*` configure it. Nothing else reads these variables. */
export interface OtlpConfiguration {
  readonly protocol: OtlpProtocol
  /** Where exports go. For HTTP it is the whole URL, path included; for gRPC the scheme, the host and the port. */
  readonly url: string
  /** What is sent with each export: header fields by HTTP, metadata by gRPC. All of them are such that can be sent. */
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  /** How long one export may take, all its retries included. It is never longer than the interval. */
  readonly timeoutMs: number
  /** Paths of PEM files; undefined for those that are not set. */
  readonly tls: {
    readonly caFile: string | undefined
    readonly certificateFile: string | undefined
    readonly keyFile: string | undefined
  }
  readonly temporality: 'cumulative' | 'delta' | 'lowmemory'
  readonly histogramAggregation: 'explicit_bucket_histogram' | 'base2_exponential_bucket_histogram'
  /** The time between two exports. */
  readonly intervalMs: number
  /** Whether there is a last export when the event loop runs dry. */
  readonly exportsAtEnd: boolean
}

export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc'

export interface LockConfiguration {
  /** The path of a web configuration file, as Prometheus's exporters have it. */
  readonly webConfigFile: string | undefined
  /** The bearer token that lets a scrape in. It may be one that cannot be used. */
  readonly token: string | undefined
}

export const LOG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Environment = Readonly<Record<string, string | undefined>>
