// Records calls that were not made over the wire, and makes one over the wire, to PROVIDER.
import { recordLlmCall } from 'agentgateway-otel'

recordLlmCall({
  operation: 'generate_content',
  system: 'gcp.gemini',
  requestModel: 'gemini-live',
  responseModel: 'gemini-live-001',
  inputTokens: 120,
  outputTokens: 45,
  durationSeconds: 2.5,
})
recordLlmCall({ system: 'gcp.gemini', durationSeconds: -1 })
recordLlmCall({ system: 'gcp.gemini', durationSeconds: 1, errorType: 5 })

const response = await fetch(`${process.env.PROVIDER}/v1/chat/completions`, { method: 'POST', body: '{"model":"m"}' })
await response.json()
console.log('ready')
process.stdin.resume()
