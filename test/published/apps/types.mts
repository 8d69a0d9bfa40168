import 'agentgateway-otel/register'
import { createServer } from 'node:http'
import { flush, getInstrumentations, type LlmCall, recordLlmCall, setRoute } from 'agentgateway-otel'

createServer((request) => setRoute(request, '/greetings/:name'))
const call: LlmCall = { system: 'openai', durationSeconds: 1 }
recordLlmCall(call)
export const flushed: Promise<void> = flush()
export const names: string[] = getInstrumentations().map(({ instrumentationName }) => instrumentationName)

// @ts-expect-error: The types are there, and not `any`.
setRoute('/greetings/:name')
// @ts-expect-error
recordLlmCall({ system: 'openai', durationSeconds: '1' })
