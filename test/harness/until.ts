import { setTimeout as sleep } from 'node:timers/promises'

/**
 * How long a test waits for a condition, in milliseconds: five times what is usual for such a limit, since the machine may
 * be busy with other work. Only a test that fails waits as long.
 */
export const DEADLINE_MS = 150_000

/**
 * Calls `attempt` again and again until it returns something other than undefined, and returns that. An error that
 * `attempt` throws is thrown at once.
 *
 * @param attempt returns undefined as long as the condition does not hold
 * @param describe what was seen last, for the error
 * @param intervalMs between two attempts
 * @throws Error with the description when the condition has not come to hold within `DEADLINE_MS`
 */
export async function until<T>(
  attempt: () => T | undefined | Promise<T | undefined>,
  describe: () => string = () => String(attempt),
  intervalMs = 20,
): Promise<T> {
  for (const deadline = performance.now() + DEADLINE_MS; ; await sleep(intervalMs)) {
    const result = await attempt()
    if (result !== undefined) return result
    if (performance.now() > deadline) throw new Error(`did not come to hold: ${describe()}`)
  }
}
