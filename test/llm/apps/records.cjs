// The same, without a call over the wire.
const { recordLlmCall } = require('../../../packages/agentgateway-otel/dist/index.cjs')

recordLlmCall({ system: 'anthropic', requestModel: 'claude', durationSeconds: 1, errorType: 'aborted' })
console.log('ready')
process.stdin.resume()
