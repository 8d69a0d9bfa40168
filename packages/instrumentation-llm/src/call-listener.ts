import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Exchange, ExchangeListener, Outcome, ResponseHead } from '@agentgateway-otel/wire'
import { type BackgroundCalls, toBackgroundKey } from './background-calls.ts'
import type { CallRecord } from './call-record.ts'
import { watchCallSpan } from './call-span.ts'
import type { FormatMatch } from './find-format.ts'
import { LlmResponse } from './llm-response.ts'
import { createRequestBodyReader } from './request-body.ts'
import { createResponseBodyReader, type ResponseBodyReader } from './response-body.ts'
import type { Retries } from './retries.ts'
import { readRetryHeaders } from './sdk-retry-headers.ts'
import type { Systems } from './systems.ts'

/** What the listeners of all calls share. */
export interface CallContext {
  readonly systems: Systems
  /** Joins the attempts of one call. */
  readonly retries: Retries
  /** Joins the requests about one call that runs in the background. */
  readonly backgroundCalls: BackgroundCalls
  /** Counts the tokens of an exchange. Each attempt of a call may have used some. */
  countTokens(call: CallRecord): void
  /** Counts a call with its outcome and duration. */
  countCall(call: CallRecord): void
}

/** Listens to an exchange whose path is that of an LLM API, and counts it when it has ended. */
export function createCallListener(
  exchange: Exchange,
  { format, model: pathModel }: FormatMatch,
  context: CallContext,
): ExchangeListener {
  const { systems } = context
  const needsMembers = format.rejectsOtherRequests || (format.isPathShared && !systems.isKnown(exchange.host))
  const request = createRequestBodyReader(
    exchange.header('content-type'),
    needsMembers ? format.requestMembers : [],
    format.requestModel,
  )
  const response = new LlmResponse(format)
  const findSpan = watchCallSpan(exchange)
  const retryHeaders = readRetryHeaders(exchange)
  const attempt = retryHeaders && context.retries.start(retryHeaders)
  let head: ResponseHead | undefined
  let body: ResponseBodyReader | undefined
  /** The key of the call, once a response has shown that it runs in the background. */
  let openStreamKey: string | undefined

  /** The path takes precedence over the body, because some clients put a default model of their own into the body. */
  const findRequestModel = () =>
    pathModel ?? request.model() ?? ((format.modelHeader && exchange.header(format.modelHeader)) || undefined)

  /** Returns whether the exchange is a call, and not one with another product's API at the same path. */
  function isCall(outcome: Outcome): boolean {
    if (response.isLoadOnly) return false
    if (response.hasUsage) return true
    const hasRequestMembers = request.hasRequestMembers()
    if (format.rejectsOtherRequests && hasRequestMembers === false) return false
    if (!format.isPathShared || pathModel !== undefined || systems.isKnown(exchange.host)) return true
    if (format.clientHeaders?.some((name) => exchange.header(name) !== undefined)) return true
    // A complete response of this API would have shown that it is one. Without a complete one, the request decides.
    const isResponsePlausible =
      response.matchesFormat ?? (format.matches === undefined || body === undefined || outcome !== 'complete')
    return isResponsePlausible && hasRequestMembers === true && findRequestModel() !== undefined
  }

  const createAttemptRequest = () => ({
    model: findRequestModel(),
    bodyBytes: exchange.requestBytes,
    startMs: exchange.startMs,
  })

  function findErrorType(outcome: Outcome, error: Error | undefined): string {
    if (head !== undefined && head.status >= 400) return String(head.status)
    if (response.errorType !== undefined) return response.errorType
    // After the last event the connection does not matter: clients often close it before the provider does.
    if (response.isFinished || outcome === 'complete') return ''
    if (outcome === 'error') return findErrorCode(error)
    return isTimeout(exchange, head, error) ? 'timeout' : 'aborted'
  }

  function createRecord(outcome: Outcome, error: Error | undefined): CallRecord {
    const { inputTokens, outputTokens, otherModels, backgroundId } = response
    return {
      operation: format.operation,
      system: systems.of(exchange.host),
      requestModel: findRequestModel(),
      responseModel: response.model,
      errorType: findErrorType(outcome, error),
      usage: body === undefined ? 'none' : response.hasUsage ? 'reported' : 'missing',
      inputTokens,
      outputTokens,
      durationSeconds: (exchange.endMs - exchange.startMs) / 1000,
      span: findSpan?.(),
      otherModels,
      background:
        backgroundId === undefined
          ? undefined
          : { key: toBackgroundKey(exchange.host, backgroundId), endMs: exchange.endMs },
    }
  }

  function count(outcome: Outcome, error: Error | undefined): void {
    body?.end(outcome === 'complete')
    if (!isCall(outcome)) return
    const call = createRecord(outcome, error)
    context.countTokens(call)
    if (attempt === undefined) context.countCall(call)
    else attempt.end(call, createAttemptRequest(), head)
  }

  return {
    requestBody: request.push,

    requestEnd() {
      attempt?.joinPrevious(createAttemptRequest())
    },

    response(received) {
      head = received
      // Not every client shows when its request has ended.
      attempt?.joinPrevious(createAttemptRequest())
      if (received.status >= 300) return
      format.readHead?.(received, response)
      body = createResponseBodyReader(received, format, response)
    },

    responseBody(chunk) {
      body?.push(chunk)
      if (response.backgroundId === undefined || openStreamKey !== undefined) return
      openStreamKey = toBackgroundKey(exchange.host, response.backgroundId)
      context.backgroundCalls.openStream(openStreamKey)
    },

    end(outcome, error) {
      // After a redirect, the call is the exchange that follows it.
      if (head !== undefined && head.status >= 300 && head.status < 400) return
      try {
        count(outcome, error)
      } finally {
        if (openStreamKey !== undefined) context.backgroundCalls.closeStream(openStreamKey)
      }
    },
  }
}

/**
 * The share of a timeout after which an aborted exchange counts as timed out. An SDK's timer starts a little before the
 * exchange, so an exchange that timed out may be a little shorter than the timeout.
 */
const TIMEOUT_SHARE = 0.95

/** Returns whether the app gave up because of a timeout of its own: its error says so, or its SDK has sent the timeout. */
function isTimeout(exchange: Exchange, head: ResponseHead | undefined, error: Error | undefined): boolean {
  if (collectCauses(error).some(isTimeoutError)) return true
  // This timeout of Stainless's SDKs ends when the response's head comes. They send it in whole seconds, rounded down.
  const timeoutSeconds = Number(exchange.header('x-stainless-timeout'))
  const durationSeconds = (exchange.endMs - exchange.startMs) / 1000
  return head === undefined && timeoutSeconds >= 1 && durationSeconds >= TIMEOUT_SHARE * timeoutSeconds
}

/** The AWS SDK also gives this name to an error for a connection that was reset, but that error has a code. */
const isTimeoutError = (error: Error & { code?: unknown }) =>
  error.name === 'TimeoutError' && typeof error.code !== 'string'

/** Returns the code of an error or of one of its causes, else the error's name. */
function findErrorCode(error: Error | undefined): string {
  for (const { code } of collectCauses(error) as readonly { code?: unknown }[]) {
    if (typeof code === 'string' && code !== '') return code
  }
  return error?.name || UNKNOWN
}

/** Causes may form a circle. */
const MAX_CHAIN_LENGTH = 5

/** Returns an error and its causes. */
function collectCauses(error: Error | undefined): readonly Error[] {
  const chain: Error[] = []
  let cause: unknown = error
  while (chain.length < MAX_CHAIN_LENGTH && cause instanceof Error) {
    chain.push(cause)
    cause = cause.cause
  }
  return chain
}
