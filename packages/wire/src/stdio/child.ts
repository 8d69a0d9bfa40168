import type { ChildProcess } from 'node:child_process'
import { onDestroyed } from '../destruction.ts'
import type { WireObserver } from '../observer.ts'
import { watchSpawns } from '../spawns.ts'
import { PipeRecord } from './pipe-record.ts'
import { tapReadable, tapWritable } from './stream-taps.ts'

/** What this process writes to the children that it starts, and once somebody wants to hear it, what they answer. */
export const watchChildStdio = (observers: () => readonly WireObserver[]): (() => void) =>
  watchSpawns((child) => tap(child, observers))

function tap({ stdin, stdout }: ChildProcess, observers: () => readonly WireObserver[]): void {
  if (!stdin || !stdout) return
  const undos: (() => void)[] = []
  const end = () => record.end()
  const record = new PipeRecord('client', observers, (isWanted) => {
    if (!isWanted) {
      for (const undo of undos.splice(0)) undo()
      return
    }
    undos.push(tapReadable(stdout, (chunk) => record.output(chunk), end))
    // Also of pipes that are destroyed, by the app or because the child is gone.
    onDestroyed(stdout, { streamDestroyed: end })
    onDestroyed(stdin, { streamDestroyed: () => record.inputEnd() })
  })
  undos.push(tapWritable(stdin, (chunk) => record.input(chunk)))
}
