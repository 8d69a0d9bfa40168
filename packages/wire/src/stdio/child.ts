import type { ChildProcess } from 'node:child_process'
import { onDestroyed } from '../destruction.ts'
import type { WireObserver } from '../observer.ts'
import { watchSpawns } from '../spawns.ts'
import { PipeRecord } from './pipe-record.ts'
import { tapReadable, tapWritable } from './stream-taps.ts'

/**
 * Watches what this process writes to the stdin of each child that it starts with pipes and, once a listener wants the
 * output, what comes out of the child's stdout.
 *
 * @returns a function that stops watching for new children
 */
export const watchChildStdio = (observers: () => readonly WireObserver[]): (() => void) =>
  watchSpawns((child) => tapChild(child, observers))

function tapChild({ stdin, stdout }: ChildProcess, observers: () => readonly WireObserver[]): void {
  if (!stdin || !stdout) return
  const untaps: (() => void)[] = []
  const end = () => record.end()
  const record = new PipeRecord('client', observers, (isWanted) => {
    if (!isWanted) {
      for (const untap of untaps.splice(0)) untap()
      return
    }
    untaps.push(tapReadable(stdout, (chunk) => record.output(chunk), end))
    // Pipes may also be destroyed before they end, by the app or because the child has exited.
    onDestroyed(stdout, { streamDestroyed: end })
    onDestroyed(stdin, { streamDestroyed: () => record.inputEnd() })
  })
  untaps.push(tapWritable(stdin, (chunk) => record.input(chunk)))
}
