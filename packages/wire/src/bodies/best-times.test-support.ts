/**
 * Runs two functions in turn, and returns the shortest CPU time that each of them took, in milliseconds. Other programs do not
 * lengthen it as they do the time on the clock.
 */
export function bestTimes(first: () => void, second: () => void, rounds = 40): [first: number, second: number] {
  const best: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let round = 0; round < rounds; round++) {
    for (const [i, run] of [first, second].entries()) {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      best[i] = Math.min(best[i] as number, (user + system) / 1000)
    }
  }
  return best
}
