const { apply } = Reflect
const { getOwnPropertyDescriptor } = Object

/**
 * Runs synchronous work, and right after it, rather than a tick later, the callbacks that Node.js passed to
 * `process.nextTick` meanwhile. When the preload is loaded by `--require`, such a tick would come after the app's first
 * line, and `async_hooks` that are enabled there would see a resource whose beginning they never saw. A
 * `process.nextTick` that the app has replaced is not called.
 */
export function withoutTicks(work: () => void): void {
  // A property that is not an ordinary one is left alone: assigning to it could throw, or call the app.
  if (getOwnPropertyDescriptor(process, 'nextTick')?.writable !== true) {
    work()
    return
  }
  const ticks: (() => void)[] = []
  const { nextTick } = process
  process.nextTick = (callback: (...args: unknown[]) => void, ...args: unknown[]) => {
    ticks.push(() => apply(callback, undefined, args))
  }
  try {
    work()
  } finally {
    process.nextTick = nextTick
  }
  ticks.forEach((tick) => {
    tick()
  })
}
