/** OTLP's protocol grpc, in a bundle of its own: an app uses one protocol. */
export { ProtobufMetricsSerializer as serializer } from '@opentelemetry/otlp-transformer'
export { createGrpcTransport as createTransport } from '../otlp/grpc-transport.ts'
