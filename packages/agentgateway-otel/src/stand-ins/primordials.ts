/**
 * Node's timers and clocks as they were before the app's first line. Apps replace the global ones, above all in their
 * tests (with node:test's mock timers, sinon or jest), but a timer of ours must not appear among theirs, and a duration
 * must be real.
 *
 * `bundle.ts` replaces the globals by these wherever a preloaded bundle uses one, also in OpenTelemetry's code. So only
 * `lazy.ts`, which hands them to the bundles that are loaded later, imports this module.
 *
 * @module
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, queueMicrotask } =
  globalThis

// These names are in no other code. `bundle.ts` puts them in as text, so a local variable of the same name would
// capture them.
export const { now: primordialDateNow } = Date

const { hrtime } = process
const [startSeconds, startNanoseconds] = hrtime()

/**
 * Returns milliseconds since the start on a clock that never goes back. It stands for `performance.now()`, and costs as much, but reading
 * the global `performance` would have Node.js load all of `node:perf_hooks`. The time since the machine's start, which
 * `hrtime` has, would take digits that a difference of two times then lacks.
 */
export function primordialPerformanceNow(): number {
  const time = hrtime()
  return (time[0] - startSeconds) * 1000 + (time[1] - startNanoseconds) / 1e6
}
