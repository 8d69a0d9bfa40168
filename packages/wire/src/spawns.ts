import type { ChildProcess } from 'node:child_process'
import { guarded } from './guard.ts'
import { shadow } from './shadow.ts'
import { subscribeAll } from './subscriptions.ts'

type Spawnable = ChildProcess & { spawn(options: unknown): number }

/**
 * Notifies of each child process as soon as it has its pipes, before the app gets it.
 *
 * @returns what ends it
 */
export function watchSpawns(listener: (child: ChildProcess) => void): () => void {
  const spawned = guarded(listener)
  return subscribeAll({
    // Published by the constructor: the pipes are made by `spawn`, which Node calls next, and the app may write right after.
    child_process: ({ process: child }: { process: Spawnable }) => {
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
