import { channel } from 'node:diagnostics_channel'
import type { ContextManager } from '@opentelemetry/api'
import { storesOf } from '../node-internals.ts'

/**
 * Runs work, and what follows from it asynchronously, so that tracing agents of the app make no span of it: neither of
 * the connections and look-ups of names that they see because they have patched Node.js earlier.
 */
export const untraced = <T>(work: () => T): T => withoutDatadog(() => withoutOpenTelemetry(work))

const API = Symbol.for('opentelemetry.js.api.1')

/** What `suppressTracing` of `@opentelemetry/core` sets, by which its SDK makes no span. */
const SUPPRESS_TRACING = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

function withoutOpenTelemetry<T>(work: () => T): T {
  // In this bundle `globalThis` is an object of its own, which hides the app's API from OpenTelemetry's code.
  const api = Reflect.get(global, API) as { readonly context?: ContextManager } | undefined
  const manager = api?.context
  return manager === undefined ? work() : manager.with(manager.active().setValue(SUPPRESS_TRACING, true), work)
}

/** A channel on which dd-trace publishes the connections that it sees; its storage is bound to it. */
const DATADOG = channel('apm:net:tcp:start')

/** dd-trace has its own exports run like this. */
function withoutDatadog<T>(work: () => T): T {
  const [storage] = storesOf(DATADOG)?.keys() ?? []
  return storage === undefined ? work() : storage.run({ noop: true }, work)
}
