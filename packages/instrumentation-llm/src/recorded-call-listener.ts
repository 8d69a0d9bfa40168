import diagnostics_channel from 'node:diagnostics_channel'
import { boundOf } from '@agentgateway-otel/metrics'
import type { CallRecord } from './call-record.ts'
import { isCount } from './json-object.ts'
import { LLM_CALL_CHANNEL } from './record-llm-call.ts'

const OPERATIONS: readonly unknown[] = boundOf('llmRequest', 'gen_ai_operation_name').values

/**
 * Counts the calls that the app records with `recordLlmCall`.
 *
 * @param onProblem is called for the first call that is not counted, with the reason
 * @returns a function that stops it
 */
export function listenForRecordedCalls(
  countCall: (call: CallRecord) => void,
  onProblem: (problem: string) => void,
): () => void {
  let isReported = false

  function onCall(call: unknown): void {
    try {
      countCall(toCallRecord(call))
    } catch (error) {
      if (isReported) return
      isReported = true
      onProblem(`recordLlmCall: ${error instanceof Error ? error.message : 'no call'}; such calls are not counted`)
    }
  }

  diagnostics_channel.subscribe(LLM_CALL_CHANNEL, onCall)
  return () => void diagnostics_channel.unsubscribe(LLM_CALL_CHANNEL, onCall)
}

/** @throws RangeError if a value is of the wrong type; its message says which */
function toCallRecord(value: unknown): CallRecord {
  if (typeof value !== 'object' || value === null) throw invalid('the call', value, 'an object')
  const call = value as Readonly<Record<string, unknown>>

  function read<T>(name: string, expected: string, isValid: (value: unknown) => boolean): T {
    const value = call[name]
    if (!isValid(value)) throw invalid(name, value, expected)
    return value as T
  }
  const readText = (name: string) =>
    read<string | undefined>(name, 'a string', (value) => value === undefined || isString(value))
  const readCount = (name: string) =>
    read<number | undefined>(name, 'a whole number', (value) => value === undefined || isCount(value))

  const inputTokens = readCount('inputTokens')
  const outputTokens = readCount('outputTokens')
  const errorType = readText('errorType') ?? ''
  const hasUsage = inputTokens !== undefined || outputTokens !== undefined
  return {
    operation:
      read(
        'operation',
        `one of ${OPERATIONS.join(', ')}`,
        (value) => value === undefined || OPERATIONS.includes(value),
      ) ?? 'chat',
    system: read('system', 'a name', (value) => isString(value) && value !== ''),
    requestModel: readText('requestModel') || undefined,
    responseModel: readText('responseModel') || undefined,
    errorType,
    usage: hasUsage ? 'reported' : errorType === '' ? 'missing' : 'none',
    inputTokens,
    outputTokens,
    durationSeconds: read('durationSeconds', 'seconds', (value) => Number.isFinite(value) && (value as number) >= 0),
  }
}

const isString = (value: unknown) => typeof value === 'string'

/** Returns an error whose message fits on one line of a terminal, whatever the value. */
function invalid(name: string, value: unknown, expected: string): RangeError {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value
  return new RangeError(`${name} is ${typeof value === 'number' ? value : shown}, not ${expected}`)
}
