const { apply } = Reflect
const { getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Object

/**
 * Calls the listener when this process, or this thread, ends cleanly: the event loop runs dry, `process.exit()`, an
 * exception that nobody catches. Nothing may wait in the listener; what it throws is dropped.
 *
 * At each such end Node.js calls `process.emit('exit')`. A listener of that event is one that the app can count and
 * remove, as test runners do. So an `emit` on the object that `process` inherits from sees the call and passes it on,
 * also where the app has a `process.emit` of its own, which calls the one that it found. Only an app that compares
 * `process.emit` with `EventEmitter.prototype.emit` can tell.
 */
export function onCleanExit(listener: () => void): void {
  const prototype = getPrototypeOf(process)
  const inherited = getPrototypeOf(prototype)
  const emit = function (this: unknown, ...args: unknown[]): unknown {
    if (args[0] === 'exit' && this === process && isExiting()) callSafely(listener)
    // Looked up at each call: `node:domain` replaces it.
    return apply(inherited.emit, this, args)
  }
  for (const key of ['name', 'length']) {
    const descriptor = getOwnPropertyDescriptor(inherited.emit, key)
    if (descriptor) defineProperty(emit, key, descriptor)
  }
  // As enumerable as what it hides: `for (const key in process)` finds the same keys.
  const enumerable = getOwnPropertyDescriptor(inherited, 'emit')?.enumerable ?? true
  defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable })
}

/** Whether this is the end, and not an app, such as a test, that emits the event itself. */
const isExiting = () => (process as { _exiting?: boolean })._exiting === true

function callSafely(listener: () => void): void {
  try {
    listener()
  } catch {
    // The process ends, and there is nobody left to tell.
  }
}
