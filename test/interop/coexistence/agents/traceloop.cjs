// Traceloop's OpenLLMetry, as its documentation says.
const { initialize } = require('@traceloop/node-server-sdk')

initialize({
  appName: process.env.OTEL_SERVICE_NAME,
  apiKey: 'none',
  disableBatch: true,
  silenceInitializationMessage: true,
  traceloopSyncEnabled: false,
})
