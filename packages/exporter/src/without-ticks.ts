const { apply } = Reflect
const { getOwnPropertyDescriptor } = Object

/**
 * Runs synchronous work of ours, and at its end, rather than a tick later, whatever Node.js gave to `process.nextTick` in
 * it. Such a tick would come after the app's first line when the preload is loaded by `--require`: `async_hooks` that are
 * enabled there would see a resource that they never saw begin. A `process.nextTick` that the app has replaced is not called.
 */
export function withoutTicks(work: () => void): void {
  // What is no ordinary property is left alone: to assign to it could throw, or call the app.
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
