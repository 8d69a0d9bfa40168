/** Resolves in the next turn of the event loop, when the app has had its turn. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How many steps of some microseconds may follow each other: together they take about a millisecond. */
const STEPS = 500

/** The pauses of a long loop, which would hold the event loop otherwise. */
export interface Pauses {
  /** Counts steps of the loop, one by default. Returns whether it is time to wait for `next`. */
  isDue(count?: number): boolean
  next(): Promise<void>
}

export function createPauses(): Pauses {
  let steps = 0
  return {
    isDue: (count = 1) => {
      steps += count
      return steps >= STEPS
    },
    next: () => {
      steps = 0
      return nextTurn()
    },
  }
}
