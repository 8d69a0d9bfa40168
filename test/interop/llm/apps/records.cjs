// Records a call, from CommonJS.
const { recordLlmCall } = require('agentgateway-otel')

recordLlmCall({ system: 'anthropic', requestModel: 'claude', durationSeconds: 1, errorType: 'aborted' })
console.log('ready')
process.stdin.resume()
