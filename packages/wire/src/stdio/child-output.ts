import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { onDestroyed } from '../destruction.ts'
import { fault } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import { watchSpawns } from '../spawns.ts'
import type { OutputListener, StartedChild } from '../started-child.ts'
import { tapReadable } from './stream-taps.ts'

/**
 * Offers each child that this process starts to the observers, by its command, and watches the stdout of those that one of them
 * wants. The stdin cannot tell what a child is if all that it is asked stands in its command.
 *
 * @returns a function that stops watching for new children
 */
export const watchChildOutput = (observers: () => readonly WireObserver[]): (() => void) =>
  watchSpawns(({ stdout, spawnfile, spawnargs, pid }: ChildProcess) => {
    if (!stdout) return
    const child = { command: spawnargs ?? [spawnfile], pid, startedMs: Date.now() }
    for (const observer of observers()) offer(child, stdout, observer)
  })

function offer(child: StartedChild, stdout: Readable, observer: WireObserver): void {
  try {
    const listener = observer.child?.(child)
    if (listener !== undefined) listen(stdout, listener)
  } catch (error) {
    fault(error)
  }
}

function listen(stdout: Readable, listener: OutputListener): void {
  let hasEnded = false
  const end = () => {
    if (hasEnded) return
    hasEnded = true
    listener.end()
  }
  const untap = tapReadable(
    stdout,
    (chunk) => {
      if (hasEnded || listener.output(chunk)) return
      hasEnded = true
      untap()
    },
    end,
  )
  // The app, or the child's exit, may destroy the stream before it has ended.
  onDestroyed(stdout, { streamDestroyed: end })
}
