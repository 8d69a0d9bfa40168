import { fault } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import type { Pipe, PipeListener } from '../pipe.ts'

const NOTHING = new Uint8Array(0)

/**
 * The record of one program's pipes: its source reports what it sees, and the record notifies the listeners that want it,
 * each call guarded. Observers are offered the pipe at the first bytes of the input, and their listeners decide while they read on, so
 * that the record keeps no input.
 */
export class PipeRecord implements Pipe {
  readonly side: Pipe['side']
  beginning: Uint8Array = NOTHING
  readonly #observers: () => readonly WireObserver[]
  readonly #onDecided: (isWanted: boolean) => void
  /** Undefined until the observers have been offered the pipe. */
  #listeners: PipeListener[] | undefined
  #isOutputWanted = false
  #hasInputEnded = false
  #hasEnded = false

  /**
   * @param onDecided is called with true once a listener wants the output too, and with false once no listener wants
   *   anything more, neither input nor output. False may follow true.
   */
  constructor(side: Pipe['side'], observers: () => readonly WireObserver[], onDecided: (isWanted: boolean) => void) {
    this.side = side
    this.#observers = observers
    this.#onDecided = onDecided
  }

  input(chunk: Uint8Array): void {
    if (this.#hasEnded || chunk.length === 0) return
    this.#listeners ??= this.#findListeners(chunk)
    if (this.#listeners.length === 0) {
      this.#drop()
      return
    }
    for (const listener of this.#listeners) this.#applyDecision(listener, decisionOf(listener, chunk))
  }

  #findListeners(beginning: Uint8Array): PipeListener[] {
    const listeners: PipeListener[] = []
    this.beginning = beginning
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

  #applyDecision(listener: PipeListener, isWanted: boolean | undefined): void {
    if (isWanted === true && !this.#isOutputWanted) {
      this.#isOutputWanted = true
      this.#onDecided(true)
    } else if (isWanted === false) {
      this.#listeners = this.#listeners?.filter((other) => other !== listener)
      if (this.#listeners?.length === 0) this.#drop()
    }
  }

  #drop(): void {
    this.#hasEnded = true
    this.#onDecided(false)
  }

  inputEnd(): void {
    if (this.#hasInputEnded) return
    this.#hasInputEnded = true
    this.#notify((listener) => listener.inputEnd())
  }

  output(chunk: Uint8Array): void {
    this.#notify((listener) => listener.output(chunk))
  }

  end(): void {
    if (this.#hasEnded) return
    this.inputEnd()
    this.#notify((listener) => listener.end())
    this.#hasEnded = true
  }

  #notify(call: (listener: PipeListener) => void): void {
    if (this.#hasEnded) return
    for (const listener of this.#listeners ?? []) {
      try {
        call(listener)
      } catch (error) {
        fault(error)
      }
    }
  }
}

/** Hands a chunk to a listener. If that throws, the listener has not decided, and gets the next chunk too. */
function decisionOf(listener: PipeListener, chunk: Uint8Array): boolean | undefined {
  try {
    return listener.input(chunk)
  } catch (error) {
    fault(error)
    return undefined
  }
}
