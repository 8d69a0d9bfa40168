/** How long the works of one turn may take together. */
const SLICE_MS = 1

interface Work {
  readonly lane: Lane
  run(): void
}

/**
 * Runs short works in turns of the event loop, so that however many responses are written at a time, the app's loop is
 * held no longer than for a slice and one work. Without the queue each response would write a piece in the same turn.
 */
export class TurnQueue {
  /** The oldest first. */
  readonly #works: Work[] = []
  #isScheduled = false
  #isHurried = false
  /** When the slice ends that was begun last, by `performance.now()`. */
  #sliceEndMs = 0

  /** Creates a lane. The lane that has had the fewest works is served first, so that a new scrape overtakes those that go on. */
  createLane(): Lane {
    return new Lane((work) => {
      // A turn costs more than a short work, so what time a slice has left is used.
      if (this.#works.length === 0 && performance.now() < this.#sliceEndMs) return work.run()
      this.#works.push(work)
      this.#schedule()
    })
  }

  /** Makes the next turn as short as it can be. Node.js accepts one connection a turn, and others may wait for that. */
  hurry(): void {
    this.#isHurried = true
    this.#sliceEndMs = 0
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#runSlice())
  }

  #runSlice(): void {
    this.#sliceEndMs = performance.now() + (this.#isHurried ? 0 : SLICE_MS)
    this.#isHurried = false
    do this.#takeNext()?.run()
    while (this.#works.length > 0 && performance.now() < this.#sliceEndMs)
    this.#isScheduled = false
    if (this.#works.length > 0) this.#schedule()
  }

  #takeNext(): Work | undefined {
    let index = 0
    this.#works.forEach(({ lane }, i) => {
      if (lane.count < (this.#works[index] as Work).lane.count) index = i
    })
    return this.#works.splice(index, 1)[0]
  }
}

/** The works of one response, or of the making of one body. */
export class Lane {
  readonly #add: (work: Work) => void
  /** How many works have been run. */
  count = 0

  constructor(add: (work: Work) => void) {
    this.#add = add
  }

  /** Runs a work in a coming turn, or at once where this turn's slice has time left. */
  run<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const run = () => {
        this.count++
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      this.#add({ lane: this, run })
    })
  }
}
