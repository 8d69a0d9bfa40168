/** How long the works of one turn may take together. */
const SLICE_MS = 1

/**
 * Runs short works in turns of the event loop, so that however many responses are written at a time, the app's loop is
 * held no longer than for a slice and one work. Without the queue each response would write a piece in the same turn.
 */
export class TurnQueue {
  #works: (() => void)[] = []
  #isScheduled = false
  #isHurried = false

  /** Runs a work in a coming turn, after those that came before. */
  run<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#works.push(() => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
      this.#schedule()
    })
  }

  /** Makes the next turn as short as it can be. Node.js accepts one connection a turn, and others may wait for that. */
  hurry(): void {
    this.#isHurried = true
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#runSlice())
  }

  #runSlice(): void {
    const works = this.#works
    const end = performance.now() + (this.#isHurried ? 0 : SLICE_MS)
    this.#isHurried = false
    let done = 0
    do works[done++]?.()
    while (done < works.length && performance.now() < end)
    this.#works = works.slice(done)
    this.#isScheduled = false
    if (this.#works.length > 0) this.#schedule()
  }
}
