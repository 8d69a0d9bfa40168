/**
 * Node's timers, but none that keeps the process alive. `bundle.ts` puts them into the bundles of the OTLP bridge, also
 * into OpenTelemetry's code there: the timer that its reader has for each export would keep an app that has ended
 * waiting for a collector that does not respond. Code of the bridge that has to hold the process calls `ref()` on its
 * own timer.
 *
 * @module
 */
import * as primordials from './primordials.ts'

export const setTimeout = ((...args: Parameters<typeof globalThis.setTimeout>) =>
  primordials.setTimeout(...args).unref()) as typeof globalThis.setTimeout

export const setInterval = ((...args: Parameters<typeof globalThis.setInterval>) =>
  primordials.setInterval(...args).unref()) as typeof globalThis.setInterval
