/** Receives an exception that our own code threw. */
export type FaultListener = (fault: unknown) => void

let listener: FaultListener = () => {}

/** Sets the one listener for faults, in place of the previous one. By default faults are dropped. */
export function onFault(next: FaultListener): void {
  listener = next
}

/** Reports an exception of ours to `onFault`'s listener instead of letting it reach the app. */
export function fault(error: unknown): void {
  try {
    listener(error)
  } catch {
    // The listener itself may fail, and there is nothing left to report that to.
  }
}

/**
 * Makes a function safe to run inside the app's own calls, for example as a channel's subscriber or in a tap. What it
 * throws is reported as a fault and dropped.
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
