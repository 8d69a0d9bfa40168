import { Worker } from 'node:worker_threads'
import { withoutTicks } from '../without-ticks.ts'

const { apply } = Reflect
const { getOwnPropertyDescriptor, defineProperty } = Object

/**
 * Starts a thread that the app does not notice: it does not inherit the flags, preloads, variables and output of this
 * process, and `process` emits no event `worker` for it. Only subscribers of the channel `worker_threads` see it.
 *
 * @throws Node's error, such as ERR_ACCESS_DENIED under `--permission`
 */
export function startUnnoticedWorker(file: string | URL): Worker {
  let worker: Worker | undefined
  withoutWorkerEvent(() => {
    withoutTicks(() => {
      worker = new Worker(file, { argv: [], env: {}, execArgv: [], stdout: true, stderr: true })
    })
  })
  if (worker === undefined) throw new Error('the thread was not created')
  return worker
}

/** Runs synchronous work during which `process` does not emit `worker`. */
function withoutWorkerEvent(work: () => void): void {
  const own = getOwnPropertyDescriptor(process, 'emit')
  // A property that is not an ordinary one is left alone: assigning to it could throw, or call the app.
  if (own !== undefined && !(own.writable === true && own.configurable === true)) {
    work()
    return
  }
  const { emit } = process
  const emitOthers = (event: string, ...args: unknown[]) =>
    event === 'worker' ? false : apply(emit as (...args: unknown[]) => boolean, process, [event, ...args])
  defineProperty(process, 'emit', { value: emitOthers, writable: true, configurable: true })
  try {
    work()
  } finally {
    if (own === undefined) Reflect.deleteProperty(process, 'emit')
    else defineProperty(process, 'emit', own)
  }
}
