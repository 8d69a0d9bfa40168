import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import { Answer } from './answer.ts'
import { type AnswerReader, readAnswer } from './answer-reader.ts'
import type { FoundFormat } from './formats/index.ts'
import { createJsonMembers } from './json-members.ts'
import { systemOf } from './systems.ts'

/** What is known of a call when it has ended. */
export interface CallRecord {
  readonly operation: string
  readonly system: string
  readonly requestModel: string | undefined
  readonly responseModel: string | undefined
  /** Empty on success. */
  readonly errorType: string
  /** Whether the answer told the tokens; `none` where there was no answer. */
  readonly usage: 'reported' | 'missing' | 'none'
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly durationSeconds: number
  /** One more attempt of a call that was counted when its first attempt ended. */
  readonly isRetry: boolean
}

/** Follows an exchange that has the shape of an LLM call, and hands over what became of it. */
export function createCall(
  exchange: Exchange,
  { format, model: modelOfPath }: FoundFormat,
  record: (call: CallRecord) => void,
): ExchangeListener {
  const request = createJsonMembers(['model'])
  const answer = new Answer(format)
  let head: ResponseHead | undefined
  let reader: AnswerReader | undefined

  function errorTypeOf(outcome: Outcome, error: Error | undefined): string {
    if (head !== undefined && head.status >= 400) return String(head.status)
    if (answer.error !== undefined) return answer.error
    // The answer was whole, whatever became of the connection: clients often leave before the provider closes it.
    if (answer.isFinished || outcome === 'complete') return ''
    return outcome === 'aborted' ? 'aborted' : codeOf(error)
  }

  return {
    requestBody: request.push,

    response(received) {
      head = received
      if (received.status < 300) reader = readAnswer(received.header('content-type'), format, answer)
    },

    responseBody(chunk) {
      reader?.push(chunk)
    },

    end(outcome, error) {
      // The call goes on in the exchange that follows the redirect.
      if (head !== undefined && head.status >= 300 && head.status < 400) return
      const requestModel = modelName(request.members.model) ?? modelOfPath
      const { header } = format
      if (header !== undefined && requestModel === undefined && exchange.header(header) === undefined) return

      reader?.end(outcome === 'complete')
      const { inputTokens, outputTokens } = answer
      const hasUsage = inputTokens !== undefined || outputTokens !== undefined
      record({
        operation: format.operation,
        system: systemOf(exchange.host),
        requestModel,
        responseModel: answer.model,
        errorType: errorTypeOf(outcome, error),
        usage: reader === undefined ? 'none' : hasUsage ? 'reported' : 'missing',
        inputTokens,
        outputTokens,
        durationSeconds: (exchange.endMs - exchange.startMs) / 1000,
        isRetry: Number(exchange.header('x-stainless-retry-count')) > 0,
      })
    },
  }
}

const modelName = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** The code of an error, or of what it wraps; else its name. */
function codeOf(error: Error | undefined): string {
  let cause: unknown = error
  for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
    const { code } = cause as { code?: unknown }
    if (typeof code === 'string' && code !== '') return code
    cause = cause.cause
  }
  return error?.name || UNKNOWN
}
