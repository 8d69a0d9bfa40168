// dd-trace with its implementation of OpenTelemetry's API, as its documentation says.
const { TracerProvider } = require('dd-trace').init()

new TracerProvider().register()
