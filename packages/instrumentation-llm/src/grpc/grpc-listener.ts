import {
  createGrpcParser,
  type Exchange,
  type ExchangeListener,
  type Outcome,
  type ResponseHead,
} from '@agentgateway-otel/wire'
import type { CallContext } from '../call-listener.ts'
import type { CallRecord } from '../call-record.ts'
import { watchCallSpan } from '../call-span.ts'
import { findErrorCode } from '../error-code.ts'
import { geminiEmbed, geminiGenerate } from '../formats/gemini.ts'
import { LlmResponse } from '../llm-response.ts'
import { modelOfResource } from '../model-resource.ts'
import { lastedUntil } from '../timeout.ts'
import type { GrpcMethod } from './grpc-methods.ts'
import { bytesOf, type FieldValue, numberOf, readFields, textOf } from './protobuf.ts'

/** The longest message that is read. The prompt may have an image in it. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024

const DEADLINE_EXCEEDED = 'DEADLINE_EXCEEDED'

/** The names of gRPC's status codes, which are error types in Google's APIs everywhere. */
const STATUS_NAMES: readonly string[] = [
  '',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  DEADLINE_EXCEEDED,
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]

/** The modality of sound, as both APIs number it. */
const AUDIO = 4

/** Listens to a gRPC request whose method is that of an LLM API, and counts it when it has ended. */
export class GrpcListener implements ExchangeListener {
  readonly #exchange: Exchange
  readonly #method: GrpcMethod
  readonly #context: CallContext
  readonly #response: LlmResponse
  readonly #isStream: boolean
  readonly #findSpan: ReturnType<typeof watchCallSpan>
  readonly #request: ReturnType<typeof createGrpcParser>
  #responses: ReturnType<typeof createGrpcParser> | undefined
  #head: ResponseHead | undefined
  #requestModel: string | undefined
  #hasMessage = false
  /** The status in the trailers, or in a head that is the whole response. */
  #status: string | undefined

  constructor(exchange: Exchange, method: GrpcMethod, context: CallContext) {
    this.#exchange = exchange
    this.#method = method
    this.#context = context
    this.#response = new LlmResponse(method.operation === 'embeddings' ? geminiEmbed : geminiGenerate, context.clock)
    this.#isStream = exchange.target.includes('/Stream')
    this.#findSpan = watchCallSpan(exchange)
    const encoding = exchange.header('grpc-encoding')
    this.#request = createGrpcParser((message) => this.#readRequest(message), MAX_MESSAGE_BYTES, encoding)
  }

  requestBody(chunk: Uint8Array): void {
    this.#request.push(chunk)
  }

  #readRequest(message: Uint8Array): void {
    this.#requestModel = modelOfResource(textOf(readFields(message), this.#method.requestModel)) ?? this.#requestModel
  }

  response(head: ResponseHead): void {
    this.#head = head
    this.#status = head.header('grpc-status')
    const encoding = head.header('grpc-encoding')
    this.#responses = createGrpcParser((message) => this.#readResponse(message), MAX_MESSAGE_BYTES, encoding)
  }

  responseBody(chunk: Uint8Array): void {
    this.#responses?.push(chunk)
  }

  #readResponse(message: Uint8Array): void {
    this.#hasMessage = true
    const response = this.#response
    const { responseModel, usage, content } = this.#method
    const fields = readFields(message)
    if (this.#isStream && response.awaitsContent)
      response.noteMessage(content !== undefined && hasContent(fields, content))
    if (responseModel !== undefined) response.setModel(textOf(fields, responseModel))
    const bytes = usage === undefined ? undefined : bytesOf(fields, usage).at(-1)
    if (bytes !== undefined) response.setUsage(this.#toUsage(bytes))
  }

  /** Returns a usage as the same API has it in JSON. Protocol Buffers leave out what is 0. */
  #toUsage(bytes: Uint8Array): Readonly<Record<string, unknown>> {
    const fields = readFields(bytes)
    const { counts, lists } = this.#method
    return {
      ...Object.fromEntries(Object.entries(counts).map(([name, field]) => [name, numberOf(fields, field) ?? 0])),
      ...Object.fromEntries(
        Object.entries(lists).map(([name, field]) => [name, bytesOf(fields, field).map(toModality)]),
      ),
    }
  }

  trailers(header: (name: string) => string | undefined): void {
    this.#status = header('grpc-status') ?? this.#status
  }

  end(outcome: Outcome, error: Error | undefined): void {
    const { host, startMs, endMs } = this.#exchange
    const call: CallRecord = {
      ...this.#response.describe(startMs, endMs, this.#hasMessage),
      operation: this.#method.operation,
      system: this.#context.systems.of(host),
      requestModel: this.#requestModel,
      errorType: this.#findErrorType(outcome, error),
      span: this.#findSpan?.(),
    }
    this.#context.countTokens(call)
    this.#context.countCall(call)
  }

  #hasTimedOut(): boolean {
    const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(this.#exchange.header('grpc-timeout') ?? '') ?? []
    return lastedUntil(this.#exchange, Number(digits) * (TIMEOUT_UNITS[unit] ?? Number.NaN))
  }

  #findErrorType(outcome: Outcome, error: Error | undefined): string {
    if (this.#status !== undefined) return STATUS_NAMES[Number(this.#status)] ?? 'UNKNOWN'
    const status = this.#head?.status
    if (status !== undefined && status >= 300) return String(status)
    if (outcome === 'aborted') return this.#hasTimedOut() ? DEADLINE_EXCEEDED : 'aborted'
    // A response without a status is none, however it ended.
    return outcome === 'complete' ? 'UNKNOWN' : findErrorCode(error)
  }
}

/** The units of a `grpc-timeout`, in seconds. */
const TIMEOUT_UNITS: Readonly<Record<string, number>> = { H: 3600, M: 60, S: 1, m: 1e-3, u: 1e-6, n: 1e-9 }

/** Whether a message leads to a field that is there. */
function hasContent(
  fields: ReadonlyMap<number, readonly FieldValue[]>,
  [field = 0, ...path]: readonly number[],
): boolean {
  const values = bytesOf(fields, field)
  return path.length === 0 ? values.length > 0 : values.some((value) => hasContent(readFields(value), path))
}

function toModality(bytes: Uint8Array): object {
  const fields = readFields(bytes)
  return { modality: numberOf(fields, 1) === AUDIO ? 'AUDIO' : '', tokenCount: numberOf(fields, 2) ?? 0 }
}
