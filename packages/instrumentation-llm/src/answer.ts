import { UNKNOWN } from '@agentgateway-otel/metrics'
import { type Format, isMessage } from './formats/format.ts'

/** What an answer has told so far. A format puts in what it finds; values of the wrong type are not taken. */
export class Answer {
  model: string | undefined
  /** The type or code of the error that came in place of an answer, or in its midst. */
  error: string | undefined
  /** The stream's last event was seen. */
  isFinished = false
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

/** A negative or fractional count would spoil a counter for good. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const label = (value: unknown) =>
  (typeof value === 'string' || typeof value === 'number') && /^[\w.-]+$/.test(String(value)) ? String(value) : ''
