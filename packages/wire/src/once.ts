/** Returns a function that calls `fn` at its first call only, and does nothing at later ones. */
export function once<F extends (argument: never) => void>(fn: F): F {
  let isDone = false
  // One parameter instead of `...args`, which would allocate an array for each call.
  return ((argument: never) => {
    if (isDone) return
    isDone = true
    fn(argument)
  }) as F
}
