import { giveUpWhenAlone } from './alone.ts'
import { type Attempt, noResponse } from './transport.ts'

export interface BoundedAttempt {
  readonly timeoutMs: number
  /** What the attempt uses. Closing it fails the attempt. */
  readonly connection: { close(): void }
  /** @param isOver returns whether the time is over, after which nothing may be sent */
  attempt(isOver: () => boolean): Promise<Attempt>
  /** Returns what the attempt is when it rejects. */
  attemptOfError(error: Error): Attempt
}

/**
 * Makes an attempt of a transport that resolves within its time. When the time is over the connection is closed: whether it
 * is dead cannot be known, so the next attempt opens another one. It is closed as well when nothing else keeps the process
 * alive.
 */
export function boundAttempt({ timeoutMs, connection, attempt, attemptOfError }: BoundedAttempt): Promise<Attempt> {
  return new Promise((resolve) => {
    let isOver = false
    const timer = setTimeout(() => {
      isOver = true
      resolve(noResponse(timeoutMs))
      connection.close()
    }, timeoutMs)
    const stop = giveUpWhenAlone(() => connection.close())
    attempt(() => isOver)
      .catch(attemptOfError)
      .then((made) => {
        clearTimeout(timer)
        stop()
        resolve(made)
      })
  })
}
