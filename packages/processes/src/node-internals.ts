/**
 * The one list of Node's private names that this package uses. `node-internals.test.ts` fails with the name of
 * each that a version of Node.js lacks.
 *
 * @module
 */

/**
 * Whether this process, or this thread, is ending. `process._exiting` distinguishes Node's own `exit` event from one
 * that the app emits. Where it is missing, no end is recognised as clean, and a process loses what a killed one loses.
 */
export const isExiting = (): boolean => (process as { _exiting?: boolean })._exiting === true
