/** OTLP's protocol http/json, in a bundle of its own: an app uses one protocol. */
export { JsonMetricsSerializer as serializer } from '@opentelemetry/otlp-transformer'
export { createHttpTransport as createTransport } from '../otlp/http-transport.ts'
