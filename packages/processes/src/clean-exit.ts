import { isExiting } from './node-internals.ts'

const { apply } = Reflect
const { getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Object

/**
 * Calls the listener when this process, or this thread, ends cleanly: its event loop runs dry, or it calls
 * `process.exit()`, or it throws an exception that nobody catches. The listener must be synchronous; what it throws is
 * dropped.
 *
 * Node.js calls `process.emit('exit')` at each of these ends. A listener of that event would be one that the app can
 * count and remove, as test runners do. So the object that `process` inherits from gets an `emit` that sees the call
 * and passes it on. It also sees the calls of a `process.emit` that the app sets, if that calls the one that it found.
 * An app can notice it only by comparing `process.emit` with `EventEmitter.prototype.emit`.
 */
export function onCleanExit(listener: () => void): void {
  const prototype = getPrototypeOf(process)
  const inherited = getPrototypeOf(prototype)
  const emit = function (this: unknown, ...args: unknown[]): unknown {
    if (args[0] === 'exit' && this === process && isExiting()) callSafely(listener)
    // The function is looked up at each call, because `node:domain` replaces it.
    return apply(inherited.emit, this, args)
  }
  // `mimic` of `wire` does the same for taps. It is not used here because this package has nothing to do with the wire.
  for (const key of ['name', 'length']) {
    const descriptor = getOwnPropertyDescriptor(inherited.emit, key)
    if (descriptor) defineProperty(emit, key, descriptor)
  }
  // It is as enumerable as the method that it hides, so that `for (const key in process)` finds the same keys.
  const enumerable = getOwnPropertyDescriptor(inherited, 'emit')?.enumerable ?? true
  defineProperty(prototype, 'emit', { value: emit, writable: true, configurable: true, enumerable })
}

function callSafely(listener: () => void): void {
  try {
    listener()
  } catch {
    // The process is ending, so the error cannot be reported any more.
  }
}
