import { UNKNOWN } from '@agentgateway-otel/metrics'
import { type Format, isMessage } from './formats/format.ts'

/** Tokens of one model, as far as they are known. */
export interface TokenCounts {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
}

/** What an answer has told so far. A format puts in what it finds; values of the wrong type are not taken. */
export class Answer {
  model: string | undefined
  /** The type or code of the error that came in place of an answer, or in its midst. */
  error: string | undefined
  /** The stream's last event was seen. */
  isFinished = false
  /** Whether the response looks like one of the format; undefined as long as nothing of it shows that. */
  isOwn: boolean | undefined
  /** Nothing was inferred, so that there was no call: Ollama loads a model by the same request. */
  isIdle = false
  /** The id under which the call goes on in the background, where it does after this response. */
  ongoing: string | undefined
  /** The response says how the call that it is about has ended. */
  isSettled = false
  /** What other models used in the course of this call, by their names. A later message replaces all of it. */
  otherModels: ReadonlyMap<string, TokenCounts> | undefined
  readonly #format: Format
  readonly #counts = new Map<string, number>()

  constructor(format: Format) {
    this.#format = format
  }

  setModel(model: unknown): void {
    if (typeof model === 'string' && model !== '') this.model = model
  }

  /** Counts of tokens, by the names that the format has for them. A later count replaces an earlier one of its name. */
  setUsage(usage: unknown): void {
    if (!isMessage(usage)) return
    for (const names of [this.#format.inputTokens, this.#format.outputTokens]) {
      for (const name of names) {
        const count = usage[name]
        if (isCount(count)) this.#counts.set(name, count)
      }
    }
  }

  /**
   * An error as providers write it: an object with a `type` or a `code`. What is no identifier is no label: it may be a
   * text with a prompt in it, or a URL.
   */
  setError(error: unknown): void {
    const { type, code } = isMessage(error) ? error : {}
    this.error ??= [type, code].map(label).find((text) => text !== '') ?? UNKNOWN
  }

  /**
   * How far a call has come that may go on in the background.
   *
   * @param status in the words that OpenAI's Responses and Gemini's Interactions share
   * @param goesOn whether a call that has not ended goes on without this response
   */
  setProgress(id: unknown, status: unknown, goesOn: boolean): void {
    if (status === 'queued' || status === 'in_progress') {
      if (goesOn && typeof id === 'string' && id !== '' && id.length <= MAX_ID_LENGTH) this.ongoing = id
    } else if (typeof status === 'string') {
      this.ongoing = undefined
      this.isSettled = true
      if (status === 'cancelled' || status === 'failed') this.setError({ code: status })
    }
  }

  get hasUsage(): boolean {
    return this.inputTokens !== undefined || this.outputTokens !== undefined
  }

  get inputTokens(): number | undefined {
    return this.#sum(this.#format.inputTokens)
  }

  get outputTokens(): number | undefined {
    return this.#sum(this.#format.outputTokens)
  }

  #sum(names: readonly string[]): number | undefined {
    const counts = names.map((name) => this.#counts.get(name)).filter((count) => count !== undefined)
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count)
  }
}

/** OpenAI's ids have some 60 characters. */
const MAX_ID_LENGTH = 256

/** A negative or fractional count would spoil a counter for good. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const label = (value: unknown) =>
  (typeof value === 'string' || typeof value === 'number') && /^[\w.-]+$/.test(String(value)) ? String(value) : ''
