import { getCallSites } from 'node:util'
import { isExiting } from './node-internals.ts'

const { apply } = Reflect
const { getPrototypeOf, defineProperty, getOwnPropertyDescriptor } = Object

const exitListeners: (() => void)[] = []
const dryLoopListeners: (() => boolean)[] = []

/**
 * Calls the listener when this process, or this thread, ends cleanly: its event loop runs dry, or it calls
 * `process.exit()`, or it throws an exception that nobody catches. The listener must be synchronous; what it throws is
 * dropped.
 */
export function onCleanExit(listener: () => void): void {
  watchEvents()
  exitListeners.push(listener)
}

/**
 * Calls the listener when the event loop of this process, or this thread, has run dry, before the app's own listeners of
 * `beforeExit`. If it has begun work that keeps the process alive, it returns true: the app's listeners are not called
 * then, and the event comes again when that work has ended. So they are called as often as without it.
 */
export function onDryLoop(listener: () => boolean): void {
  watchEvents()
  dryLoopListeners.push(listener)
}

let isWatching = false

/**
 * Node.js calls `process.emit('exit')` and `process.emit('beforeExit')` at these ends. A listener of such an event would be
 * one that the app can count and remove, as test runners do. So the object that `process` inherits from gets an `emit`
 * that sees the call and passes it on. It also sees the calls of a `process.emit` that the app sets, if that calls the
 * one that it found. An app can notice it only by comparing `process.emit` with `EventEmitter.prototype.emit`.
 */
function watchEvents(): void {
  if (isWatching) return
  isWatching = true
  const prototype = getPrototypeOf(process)
  const inherited = getPrototypeOf(prototype)
  const emit = function (this: unknown, ...args: unknown[]): unknown {
    if (this === process) {
      if (args[0] === 'exit' && isExiting()) for (const listener of exitListeners) callSafely(listener)
      if (args[0] === 'beforeExit' && isCalledByNode()) {
        let goesOn = false
        for (const listener of dryLoopListeners) if (callSafely(listener) === true) goesOn = true
        // What `emit` returns is for the app's own calls of it.
        if (goesOn) return true
      }
    }
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

/**
 * Whether `emit`, which calls this, was called by no JavaScript function: Node.js calls it from C++, an app that emits the
 * event itself does not.
 */
const isCalledByNode = (): boolean => getCallSites(3).length === 2

function callSafely<T>(listener: () => T): T | undefined {
  try {
    return listener()
  } catch {
    // The process is ending, so the error cannot be reported any more.
    return undefined
  }
}
