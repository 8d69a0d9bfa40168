// OpenTelemetry's NodeSDK, version 2, of an app that makes all of its spans itself.
const { NodeSDK } = require('@opentelemetry/sdk-node')

new NodeSDK({ instrumentations: [] }).start()
