import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { TokenCounts } from './call-record.ts'
import { isCount, isJsonObject } from './json-object.ts'

/** The names of the counts in a format's usage that make up the tokens. */
interface CountNames {
  readonly inputCounts: readonly string[]
  readonly outputCounts: readonly string[]
}

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
  readonly #names: CountNames
  readonly #counts = new Map<string, number>()

  constructor(names: CountNames) {
    this.#names = names
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
    for (const names of [this.#names.inputCounts, this.#names.outputCounts]) {
      for (const name of names) {
        const count = usage[name]
        if (isCount(count)) this.#counts.set(name, count)
      }
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

  get inputTokens(): number | undefined {
    return this.#sum(this.#names.inputCounts)
  }

  get outputTokens(): number | undefined {
    return this.#sum(this.#names.outputCounts)
  }

  #sum(names: readonly string[]): number | undefined {
    const counts = names.map((name) => this.#counts.get(name)).filter((count) => count !== undefined)
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count)
  }
}

/** OpenAI's ids have about 60 characters. */
const MAX_ID_LENGTH = 256

/** Only an identifier may become a label: other text may be a URL, or contain a prompt. */
const toLabel = (value: unknown) =>
  (typeof value === 'string' || typeof value === 'number') && /^[\w.-]+$/.test(String(value)) ? String(value) : ''
