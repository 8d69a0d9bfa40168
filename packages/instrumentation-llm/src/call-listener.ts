import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import type { SpanContext } from '@opentelemetry/api'
import { type BackgroundCalls, toBackgroundKey } from './background-calls.ts'
import type { CallRecord } from './call-record.ts'
import { watchCallSpan } from './call-span.ts'
import { collectCauses, findErrorCode } from './error-code.ts'
import type { FormatMatch } from './find-format.ts'
import type { Format } from './formats/format.ts'
import { type Clock, LlmResponse } from './llm-response.ts'
import { createRequestBodyReader, type RequestBodyReader } from './request-body.ts'
import { createResponseBodyReader, type ResponseBodyReader } from './response-body.ts'
import type { Attempt, AttemptRequest, Retries } from './retries.ts'
import { readRetryHeaders } from './sdk-retry-headers.ts'
import type { Systems } from './systems.ts'
import { lastedUntil } from './timeout.ts'

/** What the listeners of all calls share. */
export interface CallContext {
  readonly systems: Systems
  /** Joins the attempts of one call. */
  readonly retries: Retries
  /** Joins the requests about one call that runs in the background. */
  readonly backgroundCalls: BackgroundCalls
  /** Is given to responses; see `LlmResponse`. */
  readonly clock: Clock | undefined
  /** Counts the tokens of an exchange. Each attempt of a call may have used some. */
  countTokens(call: CallRecord): void
  /** Counts a call with its outcome and duration. */
  countCall(call: CallRecord): void
}

/** Listens to an exchange whose path is that of an LLM API, and counts it when it has ended. */
export class CallListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #format: Format
  /** The model that the path names, if it names one. */
  readonly #pathModel: string | undefined
  readonly #context: CallContext
  readonly #request: RequestBodyReader
  readonly #response: LlmResponse
  readonly #findSpan: (() => SpanContext | undefined) | undefined
  readonly #attempt: Attempt | undefined
  #head: ResponseHead | undefined
  #body: ResponseBodyReader | undefined
  /** The key of the call, once a response has shown that it runs in the background. */
  #openStreamKey: string | undefined

  constructor(exchange: Exchange, { format, model }: FormatMatch, context: CallContext) {
    this.#exchange = exchange
    this.#format = format
    this.#pathModel = model
    this.#context = context
    const needsMembers = format.rejectsOtherRequests || (format.isPathShared && !context.systems.isKnown(exchange.host))
    this.#request = createRequestBodyReader(
      exchange.header('content-type'),
      needsMembers ? format.requestMembers : [],
      format.requestModel,
    )
    this.#response = new LlmResponse(format, context.clock)
    this.#findSpan = watchCallSpan(exchange)
    const retryHeaders = readRetryHeaders(exchange)
    this.#attempt = retryHeaders && context.retries.start(retryHeaders)
  }

  requestBody(chunk: Uint8Array): void {
    this.#request.push(chunk)
  }

  requestEnd(): void {
    this.#joinPreviousAttempt()
  }

  response(head: ResponseHead): void {
    this.#head = head
    // Not every client shows when its request has ended.
    this.#joinPreviousAttempt()
    if (head.status >= 300) return
    this.#format.readHead?.(head, this.#response)
    this.#body = createResponseBodyReader(head, this.#format, this.#response)
  }

  responseBody(chunk: Uint8Array): void {
    this.#body?.push(chunk)
    const { backgroundId } = this.#response
    if (backgroundId === undefined || this.#openStreamKey !== undefined) return
    this.#openStreamKey = toBackgroundKey(this.#exchange.host, backgroundId)
    this.#context.backgroundCalls.openStream(this.#openStreamKey)
  }

  end(outcome: Outcome, error: Error | undefined): void {
    // After a redirect, the call is the exchange that follows it.
    if (this.#head !== undefined && this.#head.status >= 300 && this.#head.status < 400) return
    try {
      this.#count(outcome, error)
    } finally {
      if (this.#openStreamKey !== undefined) this.#context.backgroundCalls.closeStream(this.#openStreamKey)
    }
  }

  #count(outcome: Outcome, error: Error | undefined): void {
    this.#body?.end(outcome === 'complete')
    if (!this.#isCall(outcome)) return
    const call = this.#createRecord(outcome, error)
    this.#context.countTokens(call)
    if (this.#attempt === undefined) this.#context.countCall(call)
    else this.#attempt.end(call, this.#createAttemptRequest(), this.#head)
  }

  /** Returns whether the exchange is a call, and not one with another product's API at the same path. */
  #isCall(outcome: Outcome): boolean {
    const format = this.#format
    const response = this.#response
    if (response.isLoadOnly) return false
    if (response.hasUsage) return true
    const hasRequestMembers = this.#request.hasRequestMembers()
    if (format.rejectsOtherRequests && hasRequestMembers === false) return false
    const exchange = this.#exchange
    if (!format.isPathShared || this.#pathModel !== undefined || this.#context.systems.isKnown(exchange.host))
      return true
    if (format.clientHeaders?.some((name) => exchange.header(name) !== undefined)) return true
    // A complete response of this API would have shown that it is one. Without a complete one, the request decides.
    const isResponsePlausible =
      response.matchesFormat ?? (format.matches === undefined || this.#body === undefined || outcome !== 'complete')
    return isResponsePlausible && hasRequestMembers === true && this.#findRequestModel() !== undefined
  }

  #createRecord(outcome: Outcome, error: Error | undefined): CallRecord {
    const { otherModels, backgroundId } = this.#response
    const { host, startMs, endMs } = this.#exchange
    return {
      ...this.#response.describe(startMs, endMs, this.#body !== undefined),
      operation: this.#format.operation,
      system: this.#context.systems.of(host),
      requestModel: this.#findRequestModel(),
      errorType: this.#findErrorType(outcome, error),
      span: this.#findSpan?.(),
      otherModels,
      background: backgroundId === undefined ? undefined : { key: toBackgroundKey(host, backgroundId), endMs },
    }
  }

  /** The path takes precedence over the body, because some clients put a default model of their own into the body. */
  #findRequestModel(): string | undefined {
    const { modelHeader } = this.#format
    return (
      this.#pathModel ?? this.#request.model() ?? ((modelHeader && this.#exchange.header(modelHeader)) || undefined)
    )
  }

  #findErrorType(outcome: Outcome, error: Error | undefined): string {
    const head = this.#head
    if (head !== undefined && head.status >= 400) return String(head.status)
    const { errorType, isFinished } = this.#response
    if (errorType !== undefined) return errorType
    // After the last event the connection does not matter: clients often close it before the provider does.
    if (isFinished || outcome === 'complete') return ''
    if (outcome === 'error') return findErrorCode(error)
    return isTimeout(this.#exchange, head, error) ? 'timeout' : 'aborted'
  }

  #joinPreviousAttempt(): void {
    // Most attempts are the first of their call.
    if (this.#attempt?.mayHavePrevious) this.#attempt.joinPrevious(this.#createAttemptRequest())
  }

  #createAttemptRequest(): AttemptRequest {
    return {
      model: this.#findRequestModel(),
      bodyBytes: this.#exchange.requestBytes,
      startMs: this.#exchange.startMs,
    }
  }
}

/** Returns whether the app gave up because of a timeout of its own: its error says so, or its SDK has sent the timeout. */
function isTimeout(exchange: Exchange, head: ResponseHead | undefined, error: Error | undefined): boolean {
  if (collectCauses(error).some(isTimeoutError)) return true
  // This timeout of Stainless's SDKs ends when the response's head comes. They send it in whole seconds, rounded down.
  const timeoutSeconds = Number(exchange.header('x-stainless-timeout'))
  return head === undefined && timeoutSeconds >= 1 && lastedUntil(exchange, timeoutSeconds)
}

/** The AWS SDK also gives this name to an error for a connection that was reset, but that error has a code. */
const isTimeoutError = (error: Error & { code?: unknown }) =>
  error.name === 'TimeoutError' && typeof error.code !== 'string'
