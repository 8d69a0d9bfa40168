/**
 * Node's timers and clocks as they were before the app's first line. Apps replace the global ones, their tests above all
 * (node:test's mock timers, sinon, jest): a timer of ours must not show up among theirs, and a duration must be real.
 *
 * `bundle.ts` puts these in the place of the globals wherever a preloaded bundle uses one, OpenTelemetry's code included,
 * so nothing imports this module by hand.
 *
 * @module
 */
export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, queueMicrotask } =
  globalThis

const { now } = performance
// Names that no other code has: what `bundle.ts` puts in is caught by a local variable of the same name.
export const primordialPerformanceNow = now.bind(performance)

export const { now: primordialDateNow } = Date
