// Langfuse over OpenTelemetry, as its documentation says: a span processor, and a wrapped client.
const { NodeSDK } = require('@opentelemetry/sdk-node')
const { observeOpenAI } = require('@langfuse/openai')
const { LangfuseSpanProcessor } = require('@langfuse/otel')

new NodeSDK({ spanProcessors: [new LangfuseSpanProcessor({ exportMode: 'immediate' })] }).start()
globalThis.observeLlm = observeOpenAI
