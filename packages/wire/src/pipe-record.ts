import type { Pipe, PipeListener, WireObserver } from './exchange.ts'
import { fault } from './guard.ts'

/** A first line that is longer is nobody's, in bytes. */
const MAX_FIRST_LINE = 64 * 1024

const LF = 0x0a

/**
 * The pipes of one program as they go: what its source sees goes in, and out to who wants it, each call guarded. Nobody
 * is asked before the first line has gone in, so what is no conversation of lines costs a look at its beginning.
 */
export class PipeRecord implements Pipe {
  readonly side: Pipe['side']
  firstLine = ''
  readonly #observers: () => readonly WireObserver[]
  readonly #onAnswer: (isWanted: boolean) => void
  readonly #listeners: PipeListener[] = []
  /** Copies of what came before the end of the first line. */
  #beginning: Uint8Array[] | undefined = []
  #beginningBytes = 0
  #inputEnded = false
  #ended = false

  /** @param onAnswer is told once whether anybody wants these pipes: then the output is wanted, else no more of either */
  constructor(side: Pipe['side'], observers: () => readonly WireObserver[], onAnswer: (isWanted: boolean) => void) {
    this.side = side
    this.#observers = observers
    this.#onAnswer = onAnswer
  }

  input(chunk: Uint8Array): void {
    if (this.#beginning !== undefined) this.#begin(this.#beginning, chunk)
    else this.#tell((listener) => listener.input(chunk))
  }

  #begin(beginning: Uint8Array[], chunk: Uint8Array): void {
    const end = chunk.indexOf(LF)
    this.#beginningBytes += end === -1 ? chunk.length : end
    if (this.#beginningBytes > MAX_FIRST_LINE) {
      this.#answer(false)
      return
    }
    if (end === -1) {
      beginning.push(Uint8Array.from(chunk))
      return
    }
    this.firstLine = Buffer.concat([...beginning, chunk.subarray(0, end)]).toString()
    this.#ask()
    this.#answer(this.#listeners.length > 0)
    for (const part of [...beginning, chunk]) this.#tell((listener) => listener.input(part))
  }

  #ask(): void {
    for (const observer of this.#observers()) {
      try {
        const listener = observer.pipe?.(this)
        if (listener !== undefined) this.#listeners.push(listener)
      } catch (error) {
        fault(error)
      }
    }
  }

  #answer(isWanted: boolean): void {
    this.#beginning = undefined
    this.#onAnswer(isWanted)
  }

  inputEnd(): void {
    if (this.#inputEnded) return
    this.#inputEnded = true
    this.#tell((listener) => listener.inputEnd())
  }

  output(chunk: Uint8Array): void {
    this.#tell((listener) => listener.output(chunk))
  }

  end(): void {
    if (this.#ended) return
    this.inputEnd()
    this.#tell((listener) => listener.end())
    this.#ended = true
  }

  #tell(what: (listener: PipeListener) => void): void {
    if (this.#ended) return
    for (const listener of this.#listeners) {
      try {
        what(listener)
      } catch (error) {
        fault(error)
      }
    }
  }
}
