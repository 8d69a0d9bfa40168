/** What counts LLM calls, in a bundle of its own: a process needs it once it sends something that may be one. */
export { createCallMetrics } from '@agentgateway-otel/instrumentation-llm'
