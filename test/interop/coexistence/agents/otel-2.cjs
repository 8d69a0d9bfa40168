// OpenTelemetry's NodeSDK of the 2.x line; exporters as the environment says.
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { NodeSDK } = require('@opentelemetry/sdk-node')

new NodeSDK({ instrumentations: [new HttpInstrumentation()] }).start()
