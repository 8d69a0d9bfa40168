/** OTLP's transport of grpc, in a bundle of its own: an app uses one transport. */
export { createGrpcTransport as createTransport } from '../otlp/grpc-transport.ts'
