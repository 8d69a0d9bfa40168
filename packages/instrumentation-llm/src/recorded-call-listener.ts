import diagnostics_channel from 'node:diagnostics_channel'
import { boundOf } from '@agentgateway-otel/metrics'
import { CALL_CHANNEL } from './call-channel.ts'
import type { CallRecord } from './call-listener.ts'
import { isCount } from './llm-response.ts'

const OPERATIONS: readonly unknown[] = boundOf('llmRequest', 'gen_ai_operation_name').values

/**
 * Hears of the calls that the app records by itself, until the returned function is called.
 *
 * @param onProblem hears of the first call that is not counted, and why
 */
export function watchRecordedCalls(
  count: (call: CallRecord) => void,
  onProblem: (problem: string) => void,
): () => void {
  let isTold = false

  function onCall(message: unknown): void {
    try {
      count(check(message))
    } catch (error) {
      if (isTold) return
      isTold = true
      onProblem(`recordLlmCall: ${error instanceof Error ? error.message : 'no call'}; such calls are not counted`)
    }
  }

  diagnostics_channel.subscribe(CALL_CHANNEL, onCall)
  return () => void diagnostics_channel.unsubscribe(CALL_CHANNEL, onCall)
}

/** @throws RangeError that says what is wrong */
function check(message: unknown): CallRecord {
  if (typeof message !== 'object' || message === null) throw wrong('the call', message, 'an object')
  const call = message as Readonly<Record<string, unknown>>

  function take<T>(name: string, what: string, is: (value: unknown) => boolean): T {
    const value = call[name]
    if (!is(value)) throw wrong(name, value, what)
    return value as T
  }
  const text = (name: string) => take<string | undefined>(name, 'a string', (value) => isOptional(value, isString))
  const tokens = (name: string) =>
    take<number | undefined>(name, 'a whole number', (value) => isOptional(value, isCount))

  const inputTokens = tokens('inputTokens')
  const outputTokens = tokens('outputTokens')
  const errorType = text('errorType') ?? ''
  const isReported = inputTokens !== undefined || outputTokens !== undefined
  return {
    operation:
      take(
        'operation',
        `one of ${OPERATIONS.join(', ')}`,
        (value) => value === undefined || OPERATIONS.includes(value),
      ) ?? 'chat',
    system: take('system', 'a name', (value) => isString(value) && value !== ''),
    requestModel: text('requestModel') || undefined,
    responseModel: text('responseModel') || undefined,
    errorType,
    usage: isReported ? 'reported' : errorType === '' ? 'missing' : 'none',
    inputTokens,
    outputTokens,
    durationSeconds: take('durationSeconds', 'seconds', (value) => Number.isFinite(value) && (value as number) >= 0),
  }
}

const isString = (value: unknown) => typeof value === 'string'
const isOptional = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value)

/** A value as it may stand in a line for the terminal. */
function wrong(name: string, value: unknown, what: string): RangeError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value
  return new RangeError(`${name} is ${typeof value === 'number' ? value : shown}, not ${what}`)
}
