/** Runs two functions in turn, and returns the shortest time that each of them took, in milliseconds. */
export function bestTimes(first: () => void, second: () => void, rounds = 15): [first: number, second: number] {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of [first, second].entries()) {
      const start = performance.now()
      run()
      best[i] = Math.min(best[i] as number, performance.now() - start)
    }
  }
  return best
}
