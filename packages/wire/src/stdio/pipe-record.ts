import { fault } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import type { Pipe, PipeListener } from '../pipe.ts'

const NOTHING = new Uint8Array(0)

/**
 * The pipes of one program as they go: what its source sees goes in, and out to the listeners that want it, each call
 * guarded. Observers are asked at the first bytes of the input, and their listeners decide as they read on, so that no
 * part of the input is kept here.
 */
export class PipeRecord implements Pipe {
  readonly side: Pipe['side']
  beginning: Uint8Array = NOTHING
  readonly #observers: () => readonly WireObserver[]
  readonly #decided: (isWanted: boolean) => void
  /** Undefined before the observers have been asked. */
  #listeners: PipeListener[] | undefined
  #isOutputWanted = false
  #inputEnded = false
  #ended = false

  /**
   * @param decided is called with true once a listener wants the output too, and with false once nobody wants anything
   *   more, neither input nor output; false may come after true
   */
  constructor(side: Pipe['side'], observers: () => readonly WireObserver[], decided: (isWanted: boolean) => void) {
    this.side = side
    this.#observers = observers
    this.#decided = decided
  }

  input(chunk: Uint8Array): void {
    if (this.#ended || chunk.length === 0) return
    this.#listeners ??= this.#ask(chunk)
    if (this.#listeners.length === 0) {
      this.#drop()
      return
    }
    for (const listener of this.#listeners) this.#decide(listener, verdictOf(listener, chunk))
  }

  #ask(chunk: Uint8Array): PipeListener[] {
    const listeners: PipeListener[] = []
    this.beginning = chunk
    for (const observer of this.#observers()) {
      try {
        const listener = observer.pipe?.(this)
        if (listener !== undefined) listeners.push(listener)
      } catch (error) {
        fault(error)
      }
    }
    this.beginning = NOTHING
    return listeners
  }

  #decide(listener: PipeListener, verdict: boolean | undefined): void {
    if (verdict === true && !this.#isOutputWanted) {
      this.#isOutputWanted = true
      this.#decided(true)
    } else if (verdict === false) {
      this.#listeners = this.#listeners?.filter((one) => one !== listener)
      if (this.#listeners?.length === 0) this.#drop()
    }
  }

  #drop(): void {
    this.#ended = true
    this.#decided(false)
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
    for (const listener of this.#listeners ?? []) {
      try {
        what(listener)
      } catch (error) {
        fault(error)
      }
    }
  }
}

/** A listener whose exception was dropped has not decided, and gets what comes next. */
function verdictOf(listener: PipeListener, chunk: Uint8Array): boolean | undefined {
  try {
    return listener.input(chunk)
  } catch (error) {
    fault(error)
    return undefined
  }
}
