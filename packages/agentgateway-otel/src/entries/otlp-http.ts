/** OTLP's transport of http/protobuf and http/json, in a bundle of its own: an app uses one transport. */
export { createHttpTransport as createTransport } from '../otlp/http-transport.ts'
