import type { Readable, Writable } from 'node:stream'
import { onDestroyed } from '../destruction.ts'
import { guarded } from '../guard.ts'
import type { WireObserver } from '../observer.ts'
import { PipeRecord } from './pipe-record.ts'
import { tapReadable, tapWritable } from './stream-taps.ts'

/**
 * What comes in on this process's stdin, and once somebody wants to hear it, what goes out on its stdout.
 *
 * Both streams are made at the app's first use of them, never by us: to make them would open the descriptors, set pipes
 * to non-blocking, and be felt by who reads or writes descriptors 0 and 1 directly. What goes past the streams is not seen.
 */
export function watchOwnStdio(observers: () => readonly WireObserver[]): () => void {
  const undos: (() => void)[] = []
  let stdin: Readable | undefined
  let stdout: Writable | undefined
  let isWanted = false

  const untap = () => {
    for (const undo of undos.splice(0)) undo()
  }
  const inputEnd = () => record.inputEnd()
  function tapOutput(): void {
    if (isWanted && stdout) undos.push(tapWritable(stdout, (chunk) => record.output(chunk)))
  }
  const record = new PipeRecord('server', observers, (wanted) => {
    isWanted = wanted
    if (!wanted) return untap()
    // The app may also destroy it.
    if (stdin) onDestroyed(stdin, { streamDestroyed: inputEnd })
    tapOutput()
  })
  undos.push(
    onFirstUse('stdin', 0, (stream: Readable) => {
      stdin = stream
      undos.push(tapReadable(stream, (chunk) => record.input(chunk), inputEnd))
    }),
    onFirstUse('stdout', 1, (stream: Writable) => {
      stdout = stream
      tapOutput()
    }),
  )
  return () => {
    // A conversation under way is heard to its end.
    if (!isWanted) untap()
  }
}

/**
 * Tells of a stream of `process` when the app first asks for it, and leaves the property as Node defined it from then on.
 *
 * @returns what ends the waiting
 */
function onFirstUse<S>(name: 'stdin' | 'stdout', fd: number, use: (stream: S) => void): () => void {
  const original = Object.getOwnPropertyDescriptor(process, name)
  if (original?.get === undefined || !original.configurable) return () => {}
  const { get: make } = original
  const used = guarded((stream: S) => {
    // A worker's stdin and stdout are none of the process's, and have no descriptors.
    if ((stream as { readonly fd?: unknown }).fd === fd) use(stream)
  })
  function get(): S {
    restore()
    const stream = make.call(process) as S
    used(stream)
    return stream
  }
  function restore(): void {
    if (Object.getOwnPropertyDescriptor(process, name)?.get === get)
      Object.defineProperty(process, name, original as PropertyDescriptor)
  }
  Object.defineProperty(process, name, { ...original, get })
  return restore
}
