/**
 * The environment variables of OpenTelemetry's specification, as it is at this revision, which is some
 * commits after the version: those of
 * `configuration/sdk-environment-variables.md`, `protocol/exporter.md` and `metrics/sdk_exporters/otlp.md`.
 */
export const SPECIFICATION = { version: '1.60.0', revision: '1377f53b2bc0683c45169b8f20fd973eb4d59419' }

const OTLP_OPTIONS = [
  'ENDPOINT',
  'INSECURE',
  'CERTIFICATE',
  'CLIENT_KEY',
  'CLIENT_CERTIFICATE',
  'HEADERS',
  'COMPRESSION',
  'TIMEOUT',
  'PROTOCOL',
]

const otlp = (prefix: string) => OTLP_OPTIONS.map((option) => `OTEL_EXPORTER_OTLP_${prefix}${option}`)

/** The variables of the specification that the package implements. */
export const IMPLEMENTED: readonly string[] = [
  'OTEL_SDK_DISABLED',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SERVICE_NAME',
  'OTEL_LOG_LEVEL',
  'OTEL_EXPORTER_PROMETHEUS_HOST',
  'OTEL_EXPORTER_PROMETHEUS_PORT',
  'OTEL_METRICS_EXPORTER',
  'OTEL_METRICS_EXEMPLAR_FILTER',
  'OTEL_METRIC_EXPORT_INTERVAL',
  'OTEL_METRIC_EXPORT_TIMEOUT',
  'OTEL_CONFIG_FILE',
  'OTEL_EXPERIMENTAL_CONFIG_FILE',
  'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
  'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  ...otlp(''),
  ...otlp('METRICS_'),
]

/** The variables of the specification that the package does not implement, by the reason. */
export const NOT_IMPLEMENTED: readonly { readonly reason: string; readonly names: readonly string[] }[] = [
  {
    reason: 'the package makes no traces and no logs, and propagates no context',
    names: [
      'OTEL_PROPAGATORS',
      'OTEL_TRACES_SAMPLER',
      'OTEL_TRACES_SAMPLER_ARG',
      'OTEL_TRACES_EXPORTER',
      'OTEL_LOGS_EXPORTER',
      ...['SCHEDULE_DELAY', 'EXPORT_TIMEOUT', 'MAX_QUEUE_SIZE', 'MAX_EXPORT_BATCH_SIZE'].flatMap((option) => [
        `OTEL_BSP_${option}`,
        `OTEL_BLRP_${option}`,
      ]),
      'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_SPAN_EVENT_COUNT_LIMIT',
      'OTEL_SPAN_LINK_COUNT_LIMIT',
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
      'OTEL_EXPORTER_ZIPKIN_TIMEOUT',
      'OTEL_EXPORTER_ZIPKIN_PROTOCOL',
      ...otlp('TRACES_'),
      ...otlp('LOGS_'),
      'OTEL_EXPORTER_OTLP_SPAN_INSECURE',
    ],
  },
  {
    reason: 'the limits of attributes are not for those of metrics, whose number and length the package bounds itself',
    names: ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
  },
  {
    reason: 'obsolete, and only for those who have had it; a line names `OTEL_EXPORTER_OTLP_METRICS_INSECURE`',
    names: ['OTEL_EXPORTER_OTLP_METRIC_INSECURE'],
  },
  { reason: 'still in development in the specification', names: ['OTEL_ENTITIES'] },
]
