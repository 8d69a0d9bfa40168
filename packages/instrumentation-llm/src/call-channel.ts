/**
 * A channel joins the two ends of `recordLlmCall`: the app may have bundled its copy of the function, and the preload is a
 * bundle of its own anyway.
 */
export const CALL_CHANNEL = 'agentgateway-otel:llm.call'
