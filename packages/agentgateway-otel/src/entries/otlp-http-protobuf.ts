/** OTLP's protocol http/protobuf, in a bundle of its own: an app uses one protocol. */
export { ProtobufMetricsSerializer as serializer } from '@opentelemetry/otlp-transformer'
export { createHttpTransport as createTransport } from '../otlp/http-transport.ts'
