/**
 * The metrics of the calls that a process makes to LLM providers.
 *
 * @module
 * @example
 * registerInstrumentations({ instrumentations: [new LlmInstrumentation()], meterProvider })
 */
export { createCallMetrics } from './call-metrics.ts'
export { LlmInstrumentation, type LlmInstrumentationConfig } from './instrumentation.ts'
export { type LlmCall, recordLlmCall } from './record-llm-call.ts'
