import { constants } from 'node:os'

/** How a process ended: with a code, or by a signal. */
export type Ending = number | NodeJS.Signals

/** How long a signal to itself may take to end this process. */
const SIGNAL_MS = 1_000

/** Ends this process as another one ended: with the same code, or by the same signal. */
export function exitAs(ending: Ending): void {
  if (typeof ending === 'number') process.exit(ending)
  process.kill(process.pid, ending)
  // Some signals end no process that ignores them, and none ends the first process of a container, so shells' code for
  // the signal says it then.
  setTimeout(() => process.exit(128 + constants.signals[ending]), SIGNAL_MS)
}
