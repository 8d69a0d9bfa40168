import type { AsyncLocalStorage } from 'node:async_hooks'
import type { Channel } from 'node:diagnostics_channel'

/**
 * The one list of Node's private names that this package uses. `node-internals.test.ts` fails with the name of each that
 * a version of Node.js lacks.
 *
 * @module
 */

/** The private parts of a channel that has subscribers or stores. */
interface ChannelInternals {
  /** What `bindStore` has bound. Without it dd-trace, if it is loaded first, makes spans of the connections to the collector. */
  readonly _stores?: ReadonlyMap<AsyncLocalStorage<unknown>, unknown>
}

export const storesOf = (channel: Channel) => (channel as ChannelInternals)._stores
