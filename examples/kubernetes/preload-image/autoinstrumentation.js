// The name is the one that OpenTelemetry's operator loads. Only `require` works on every version of Node.js: where the preload
// cannot run, the app starts without it.
require('agentgateway-otel/register')
