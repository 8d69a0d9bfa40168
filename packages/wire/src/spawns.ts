import type { ChildProcess } from 'node:child_process'
import { guarded } from './guard.ts'
import type { ChildProcessInternals } from './node-internals.ts'
import { shadow } from './shadow.ts'
import { subscribeAll } from './subscriptions.ts'

/**
 * Notifies of each child process as soon as it has its pipes, before the app gets it.
 *
 * @returns a function that ends the notifications
 */
export function watchSpawns(listener: (child: ChildProcess) => void): () => void {
  const spawned = guarded(listener)
  return subscribeAll({
    // The constructor of ChildProcess publishes this. Node calls `spawn` next, which makes the pipes, and right after that
    // the app may write to them.
    child_process: ({ process: child }: { process: ChildProcess & ChildProcessInternals }) => {
      const { spawn } = child
      const restore = shadow(child, 'spawn', (options: unknown) => {
        restore()
        const result = spawn.call(child, options)
        spawned(child)
        return result
      })
    },
  })
}
