import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { CallRecord, TokenCounts, TokenDetail } from './call-record.ts'
import type { TokenDetails } from './formats/token-details.ts'
import { isCount, isJsonObject, type JsonObject } from './json-object.ts'

/** How a format's usage has the tokens, as `Format` describes it. */
interface UsageFormat {
  readonly inputCounts: readonly string[]
  readonly outputCounts: readonly string[]
  readDetails?(usage: JsonObject): TokenDetails
}

/** The part of a call's record that its response, and the time that it took, decide. */
type ResponseRecord = TokenCounts &
  Pick<CallRecord, 'responseModel' | 'usage' | 'durationSeconds' | 'firstChunkSeconds' | 'firstTokenSeconds'>

/** A clock that never goes back, in milliseconds. */
export type Clock = () => number

/** What a response has shown so far. A format sets what it finds; the setters ignore values of the wrong type. */
export class LlmResponse {
  model: string | undefined
  /** The type or code of an error that came instead of a response, or in the middle of one. */
  errorType: string | undefined
  /** Whether the stream's last event has come. */
  isFinished = false
  /** Whether the response looks like one of its format; undefined until something of it shows that. */
  matchesFormat: boolean | undefined
  /** Whether the request only loaded or unloaded a model, as one to Ollama may. Nothing was inferred, so there is no call. */
  isLoadOnly = false
  /** The id under which the call continues in the background after this response, if it does. */
  backgroundId: string | undefined
  /** Whether the response shows how the call in the background has ended. */
  hasCallEnded = false
  /** The tokens that other models used in the course of the call, by the model's name. A later message replaces them all. */
  otherModels: ReadonlyMap<string, TokenCounts> | undefined
  /** When the first message of a stream had been received, in milliseconds, if it was asked for and has come. */
  firstChunkMs: number | undefined
  /** The same of the first content. */
  firstTokenMs: number | undefined
  readonly #format: UsageFormat
  readonly #clock: Clock | undefined
  readonly #counts = new Map<string, number>()
  #details: Map<TokenDetail, number> | undefined

  /** @param clock is given if a metric needs the parts of the tokens, or the times of a stream */
  constructor(format: UsageFormat, clock?: Clock) {
    this.#format = format
    this.#clock = clock
  }

  /** Whether the content of a stream is still to begin, and it is asked when it does. */
  get awaitsContent(): boolean {
    return this.#clock !== undefined && this.firstTokenMs === undefined
  }

  /** Notes that a message of a stream has been received. */
  noteMessage(hasContent: boolean, atMs = this.now()): void {
    this.firstChunkMs ??= atMs
    if (hasContent) this.firstTokenMs ??= atMs
  }

  /** The time, in milliseconds; NaN without a clock. */
  now(): number {
    return this.#clock?.() ?? Number.NaN
  }

  setModel(model: unknown): void {
    if (typeof model === 'string' && model !== '') this.model = model
  }

  /**
   * Sets token counts by the names that the format has for them. A later count replaces an earlier one of the same name,
   * since streams report totals.
   */
  setUsage(usage: unknown): void {
    if (!isJsonObject(usage)) return
    this.#setCounts(usage, this.#format.inputCounts)
    this.#setCounts(usage, this.#format.outputCounts)
    if (this.#clock !== undefined && this.#format.readDetails) this.#setDetails(this.#format.readDetails(usage))
  }

  #setCounts(usage: JsonObject, names: readonly string[]): void {
    for (const name of names) {
      const count = usage[name]
      if (isCount(count)) this.#counts.set(name, count)
    }
  }

  #setDetails(details: TokenDetails): void {
    for (const [name, count] of Object.entries(details)) {
      if (!isCount(count)) continue
      this.#details ??= new Map()
      this.#details.set(name as TokenDetail, count)
    }
  }

  /** Sets the error from an object as providers write it, with a `type` or a `code`. The first error counts. */
  setError(error: unknown): void {
    const { type, code } = isJsonObject(error) ? error : {}
    this.errorType ??= [type, code].map(toLabel).find((label) => label !== '') ?? UNKNOWN
  }

  /**
   * Sets how far a call that may run in the background has come.
   *
   * @param status one of the values that OpenAI's Responses and Gemini's Interactions share
   * @param isBackground whether a call that has not ended continues without this response
   */
  setProgress(id: unknown, status: unknown, isBackground: boolean): void {
    if (status === 'queued' || status === 'in_progress') {
      if (isBackground && typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH) this.backgroundId = id
    } else if (typeof status === 'string') {
      this.backgroundId = undefined
      this.hasCallEnded = true
      if (status === 'cancelled' || status === 'failed') this.setError({ code: status })
    }
  }

  get hasUsage(): boolean {
    return this.inputTokens !== undefined || this.outputTokens !== undefined
  }

  /**
   * Returns what the response says of its call, which took this time.
   *
   * @param hasResponse whether a response came, and not only an error
   */
  describe(startMs: number, endMs: number, hasResponse: boolean): ResponseRecord {
    const secondsUntil = (ms: number | undefined) => (ms === undefined ? undefined : (ms - startMs) / 1000)
    const { inputTokens, outputTokens } = this
    return {
      responseModel: this.model,
      usage: !hasResponse ? 'none' : this.hasUsage ? 'reported' : 'missing',
      inputTokens,
      outputTokens,
      details: this.details,
      durationSeconds: (endMs - startMs) / 1000,
      firstChunkSeconds: secondsUntil(this.firstChunkMs),
      firstTokenSeconds: secondsUntil(this.firstTokenMs),
    }
  }

  get inputTokens(): number | undefined {
    return this.#sum(this.#format.inputCounts)
  }

  get outputTokens(): number | undefined {
    return this.#sum(this.#format.outputCounts)
  }

  /**
   * The parts of the input and of the output, if they were asked for. A part that is greater than its whole is wrong, as are
   * cached tokens of both kinds that together are, so they are left out.
   */
  get details(): ReadonlyMap<TokenDetail, number> | undefined {
    if (this.#details === undefined) return undefined
    const details = new Map(this.#details)
    const whole = { input: this.inputTokens ?? -1, output: this.outputTokens ?? -1 }
    const cached = (details.get('input_cache_read') ?? 0) + (details.get('input_cache_write') ?? 0)
    for (const [name, count] of details) {
      const isCached = name === 'input_cache_read' || name === 'input_cache_write'
      if ((isCached ? cached : count) > whole[name.startsWith('input') ? 'input' : 'output']) details.delete(name)
    }
    return details
  }

  #sum(names: readonly string[]): number | undefined {
    let sum: number | undefined
    for (const name of names) {
      const count = this.#counts.get(name)
      if (count !== undefined) sum = (sum ?? 0) + count
    }
    return sum
  }
}

/** OpenAI's ids have about 60 characters. */
const MAX_ID_LENGTH = 256

/** Only an identifier may become a label: other text may be a URL, or contain a prompt. */
export const toLabel = (value: unknown) =>
  (typeof value === 'string' || typeof value === 'number') && /^[\w.-]+$/.test(String(value)) ? String(value) : ''
