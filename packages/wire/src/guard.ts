/** Hears of an exception that our own code threw, with what was being done. */
export type FaultListener = (fault: unknown) => void

let listener: FaultListener = () => {}

/** Sets who hears of faults; one at a time, nobody by default. */
export function onFault(next: FaultListener): void {
  listener = next
}

/** Takes an exception of ours out of the app's way. */
export function fault(error: unknown): void {
  try {
    listener(error)
  } catch {
    // Whoever logs faults may fail as well: there is nobody left to tell.
  }
}

/**
 * Makes a function safe to run inside the app's own calls: a channel's subscriber, an event's listener. What it throws
 * is dropped after `onFault`'s listener has heard of it.
 */
export function guarded<This, A extends unknown[]>(
  fn: (this: This, ...args: A) => void,
): (this: This, ...args: A) => void {
  return function (this: This, ...args: A): void {
    try {
      fn.apply(this, args)
    } catch (error) {
      fault(error)
    }
  }
}
