/** OTLP's format of http/protobuf and grpc, in a bundle of its own: the first export needs it, no start does. */
export { ProtobufMetricsSerializer as serializer } from '@opentelemetry/otlp-transformer'
