import type { VARIABLES } from '../../configuration/variables.ts'

export type SettingName = keyof typeof VARIABLES

export type SettingGroup = 'endpoint' | 'exporters' | 'otlp' | 'metrics' | 'names'

/** In which group each setting is shown, in this order. */
export const SETTING_GROUPS = {
  prometheusPort: 'endpoint',
  prometheusHost: 'endpoint',
  perProcess: 'endpoint',
  metricsToken: 'endpoint',
  webConfigFile: 'endpoint',
  disabled: 'exporters',
  exporters: 'exporters',
  metricsExporter: 'exporters',
  logLevel: 'exporters',
  configFile: 'exporters',
  otlpEndpoint: 'otlp',
  otlpProtocol: 'otlp',
  otlpHeaders: 'otlp',
  otlpMetricsHeaders: 'otlp',
  otlpCompression: 'otlp',
  exportIntervalMs: 'otlp',
  otlpTimeoutMs: 'otlp',
  exportTimeoutMs: 'otlp',
  exportsAtEnd: 'otlp',
  otlpTemporality: 'otlp',
  otlpHistogramAggregation: 'otlp',
  otlpCertificate: 'otlp',
  otlpClientCertificate: 'otlp',
  otlpClientKey: 'otlp',
  otlpInsecure: 'otlp',
  resourceDetectors: 'otlp',
  metrics: 'metrics',
  buckets: 'metrics',
  httpIgnore: 'metrics',
  routes: 'metrics',
  llmHosts: 'metrics',
  mcpSessionIdleSeconds: 'metrics',
  exemplarFilter: 'metrics',
  httpInstrumentation: 'metrics',
  serviceName: 'names',
  resourceAttributes: 'names',
} as const satisfies Record<SettingName, SettingGroup>
