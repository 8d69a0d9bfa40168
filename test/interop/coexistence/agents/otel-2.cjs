// OpenTelemetry's NodeSDK, version 2. The environment names its exporters.
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http')
const { NodeSDK } = require('@opentelemetry/sdk-node')

new NodeSDK({ instrumentations: [new HttpInstrumentation()] }).start()
