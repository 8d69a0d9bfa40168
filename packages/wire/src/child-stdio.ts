import type { ChildProcess } from 'node:child_process'
import type { WireObserver } from './exchange.ts'
import { guarded } from './guard.ts'
import { PipeRecord } from './pipe-record.ts'
import { shadow, tapReadable, tapWritable } from './stream-taps.ts'
import { subscribeAll } from './subscriptions.ts'

type Spawnable = ChildProcess & { spawn(options: unknown): number }

/** What this process writes to the children that it starts, and once somebody wants to hear it, what they answer. */
export function watchChildStdio(observers: () => readonly WireObserver[]): () => void {
  const tapped = guarded((child: ChildProcess) => tap(child, observers))
  return subscribeAll({
    // Told by the constructor: the pipes are made by `spawn`, which Node calls next, and the app may write right after.
    child_process: ({ process: child }: { process: Spawnable }) => {
      const { spawn } = child
      const restore = shadow(child, 'spawn', (options: unknown) => {
        restore()
        const result = spawn.call(child, options)
        tapped(child)
        return result
      })
    },
  })
}

function tap({ stdin, stdout }: ChildProcess, observers: () => readonly WireObserver[]): void {
  if (!stdin || !stdout) return
  const undos: (() => void)[] = []
  const end = guarded(() => record.end())
  const inputEnd = guarded(() => record.inputEnd())
  const record = new PipeRecord('client', observers, (isWanted) => {
    if (!isWanted) {
      stdout.off('close', end)
      stdin.off('close', inputEnd)
      for (const undo of undos.splice(0)) undo()
      return
    }
    undos.push(tapReadable(stdout, (chunk) => record.output(chunk), end))
    // Also of pipes that are destroyed, by the app or because the child is gone.
    stdout.once('close', end)
    stdin.once('close', inputEnd)
  })
  undos.push(tapWritable(stdin, (chunk) => record.input(chunk)))
}
