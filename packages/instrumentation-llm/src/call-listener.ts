import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import { type BackgroundCalls, keyOf } from './background-calls.ts'
import type { FoundFormat } from './formats/index.ts'
import { Answer, type TokenCounts } from './llm-response.ts'
import { createRequestModel } from './request-model.ts'
import { type AnswerReader, readAnswer } from './response-reader.ts'
import type { Retries } from './retries.ts'
import { numberingOf } from './sdk-retry-headers.ts'
import type { Systems } from './systems.ts'

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
  /** What other models used in the course of the call, by their names. */
  readonly otherModels?: ReadonlyMap<string, TokenCounts> | undefined
  /** Of a call that goes on in the background: under which key, and when this exchange about it ended. */
  readonly ongoing?: { readonly key: string; readonly endMs: number } | undefined
}

/** What is done with a call that has ended. */
export interface CallCounter {
  /** Counts the tokens of an exchange: each attempt of a call may have used some. */
  tokens(call: CallRecord): void
  /** Counts the call, with its outcome and its duration. */
  call(call: CallRecord): void
  /** Who makes one call of several attempts. */
  readonly retries: Retries
  /** Joins the requests about one call that goes on in the background. */
  readonly background: BackgroundCalls
}

/** Follows an exchange that has the shape of an LLM call, and has counted what became of it. */
export function createCall(
  exchange: Exchange,
  { format, model: modelOfPath }: FoundFormat,
  systems: Systems,
  counter: CallCounter,
): ExchangeListener {
  const isJudged = format.isStrict || (format.marks !== undefined && !systems.knows(exchange.host))
  const request = createRequestModel(exchange.header('content-type'), isJudged ? format.asks : [], format.requestModel)
  const answer = new Answer(format)
  const numbering = numberingOf(exchange)
  const attempt = numbering && counter.retries.follow(numbering)
  let head: ResponseHead | undefined
  let reader: AnswerReader | undefined
  /** The key of a call in the background, once a stream has said it. */
  let begun: string | undefined

  /** Where the path names one it decides, whatever the body says: some clients put a default of theirs into it. */
  const requestModel = () =>
    modelOfPath ?? request.model() ?? ((format.modelHeader && exchange.header(format.modelHeader)) || undefined)

  /** Others may have an API at such a path. */
  function isCall(outcome: Outcome): boolean {
    if (answer.isIdle) return false
    if (answer.hasUsage) return true
    const isAsked = request.hasOfEach()
    if (format.isStrict && isAsked === false) return false
    if (format.marks === undefined || modelOfPath !== undefined || systems.knows(exchange.host)) return true
    if (format.marks.some((name) => exchange.header(name) !== undefined)) return true
    // A response that has come whole shows what it is.
    const isOwn = answer.isOwn ?? (format.isOwn === undefined || reader === undefined || outcome !== 'complete')
    return isOwn && isAsked === true && requestModel() !== undefined
  }

  const content = () => ({ model: requestModel(), requestBytes: exchange.requestBytes, startMs: exchange.startMs })

  function errorTypeOf(outcome: Outcome, error: Error | undefined): string {
    if (head !== undefined && head.status >= 400) return String(head.status)
    if (answer.error !== undefined) return answer.error
    // The answer was whole, whatever became of the connection: clients often leave before the provider closes it.
    if (answer.isFinished || outcome === 'complete') return ''
    if (outcome === 'error') return codeOf(error)
    return isTimeout(exchange, head, error) ? 'timeout' : 'aborted'
  }

  function recordOf(outcome: Outcome, error: Error | undefined): CallRecord {
    const { inputTokens, outputTokens, otherModels, ongoing } = answer
    return {
      operation: format.operation,
      system: systems.of(exchange.host),
      requestModel: requestModel(),
      responseModel: answer.model,
      errorType: errorTypeOf(outcome, error),
      usage: reader === undefined ? 'none' : answer.hasUsage ? 'reported' : 'missing',
      inputTokens,
      outputTokens,
      durationSeconds: (exchange.endMs - exchange.startMs) / 1000,
      otherModels,
      ongoing: ongoing === undefined ? undefined : { key: keyOf(exchange.host, ongoing), endMs: exchange.endMs },
    }
  }

  function count(outcome: Outcome, error: Error | undefined): void {
    reader?.end(outcome === 'complete')
    if (!isCall(outcome)) return
    const call = recordOf(outcome, error)
    counter.tokens(call)
    if (attempt === undefined) counter.call(call)
    else attempt.ended(call, content(), head)
  }

  return {
    requestBody: request.push,

    requestEnd() {
      attempt?.sent(content())
    },

    response(received) {
      head = received
      // Not every client tells when it has sent all.
      attempt?.sent(content())
      if (received.status >= 300) return
      format.readHead?.(received, answer)
      reader = readAnswer(received, format, answer)
    },

    responseBody(chunk) {
      reader?.push(chunk)
      if (answer.ongoing === undefined || begun !== undefined) return
      begun = keyOf(exchange.host, answer.ongoing)
      counter.background.begin(begun)
    },

    end(outcome, error) {
      // The call goes on in the exchange that follows the redirect.
      if (head !== undefined && head.status >= 300 && head.status < 400) return
      try {
        count(outcome, error)
      } finally {
        if (begun !== undefined) counter.background.done(begun)
      }
    },
  }
}

/** Whether the app gave up because of a limit that it had set: its signal says so, or its SDK has told the limit. */
function isTimeout(exchange: Exchange, head: ResponseHead | undefined, error: Error | undefined): boolean {
  if (causes(error).some(isTimeoutError)) return true
  const limitSeconds = Number(exchange.header('x-stainless-timeout'))
  // Until the answer's head. Told in whole seconds, and begun a little before the exchange.
  return head === undefined && limitSeconds >= 1 && (exchange.endMs - exchange.startMs) / 1000 >= 0.95 * limitSeconds
}

/** AWS's SDK gives this name to any reset of a connection too, which has a code. */
const isTimeoutError = (error: Error & { code?: unknown }) =>
  error.name === 'TimeoutError' && typeof error.code !== 'string'

/** The code of an error, or of what it wraps; else its name. */
function codeOf(error: Error | undefined): string {
  for (const { code } of causes(error) as readonly { code?: unknown }[]) {
    if (typeof code === 'string' && code !== '') return code
  }
  return error?.name || UNKNOWN
}

/** An error and what it wraps, to a depth at which errors in a circle end. */
function causes(error: Error | undefined): readonly Error[] {
  const chain: Error[] = []
  let cause: unknown = error
  while (chain.length < 5 && cause instanceof Error) {
    chain.push(cause)
    cause = cause.cause
  }
  return chain
}
