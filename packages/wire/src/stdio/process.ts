import type { Readable, Writable } from 'node:stream'
import { onDestroyed } from '../destruction.ts'
import { guarded } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import { PipeRecord } from './pipe-record.ts'
import { tapReadable, tapWritable } from './stream-taps.ts'

/**
 * Watches what comes in on `process.stdin` and, once a listener wants the output, what the app writes to `process.stdout`.
 *
 * Node creates each stream when the app first uses it. Creating one earlier would open its descriptor, make a pipe
 * non-blocking, and be noticed by code that uses descriptors 0 and 1 directly. What bypasses the streams is not observed.
 *
 * @returns a function that stops watching, unless a listener wants the output: then both are observed to their end
 */
export function watchProcessStdio(observers: () => readonly WireObserver[]): () => void {
  const untaps: (() => void)[] = []
  let stdin: Readable | undefined
  let stdout: Writable | undefined
  let isOutputWanted = false

  const untap = () => {
    for (const undo of untaps.splice(0)) undo()
  }
  const inputEnd = () => record.inputEnd()
  function tapOutput(): void {
    if (isOutputWanted && stdout) untaps.push(tapWritable(stdout, (chunk) => record.output(chunk)))
  }
  const record = new PipeRecord('server', observers, (isWanted) => {
    isOutputWanted = isWanted
    if (!isWanted) return untap()
    // The app may destroy stdin before it ends.
    if (stdin) onDestroyed(stdin, { streamDestroyed: inputEnd })
    tapOutput()
  })
  untaps.push(
    onFirstUse('stdin', 0, (stream: Readable) => {
      stdin = stream
      untaps.push(tapReadable(stream, (chunk) => record.input(chunk), inputEnd))
    }),
    onFirstUse('stdout', 1, (stream: Writable) => {
      stdout = stream
      tapOutput()
    }),
  )
  return () => {
    if (!isOutputWanted) untap()
  }
}

/**
 * Calls `use` with a stream of `process` when the app first reads that property, which is Node's own again from then on.
 *
 * @param fd the descriptor of the stream. The streams of a worker thread have none, and are left alone.
 * @returns a function that restores the property before the first use
 */
function onFirstUse<S>(name: 'stdin' | 'stdout', fd: number, use: (stream: S) => void): () => void {
  const original = Object.getOwnPropertyDescriptor(process, name)
  if (original?.get === undefined || !original.configurable) return () => {}
  const { get: originalGet } = original
  const notify = guarded((stream: S) => {
    if ((stream as { readonly fd?: unknown }).fd === fd) use(stream)
  })
  function get(): S {
    restore()
    const stream = originalGet.call(process) as S
    notify(stream)
    return stream
  }
  function restore(): void {
    if (Object.getOwnPropertyDescriptor(process, name)?.get === get)
      Object.defineProperty(process, name, original as PropertyDescriptor)
  }
  Object.defineProperty(process, name, { ...original, get })
  return restore
}
