// An app's own OpenTelemetry SDK, as its documentation says; the spans go nowhere.
const { ExpressInstrumentation } = require('@opentelemetry/instrumentation-express')
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { KoaInstrumentation } = require('@opentelemetry/instrumentation-koa')
const { NodeSDK } = require('@opentelemetry/sdk-node')

const nowhere = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }
const sdk = new NodeSDK({
  spanProcessors: [nowhere],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new KoaInstrumentation()],
})
sdk.start()
