/** OTLP's format of http/json, in a bundle of its own: the first export needs it, no start does. */
export { JsonMetricsSerializer as serializer } from '@opentelemetry/otlp-transformer'
