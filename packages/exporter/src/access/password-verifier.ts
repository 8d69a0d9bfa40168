import type { Worker } from 'node:worker_threads'
import { startUnnoticedWorker } from './unnoticed-worker.ts'
import type { VerificationJob, VerificationResult } from './verification.ts'

/** How many verifications may wait. At cost 10 the last of them waits for half a second. */
const MAX_WAITING = 8

/** How many of them may be of one client, so that one cannot keep all others out. */
const MAX_WAITING_PER_CLIENT = 2

/** An idle thread ends after this time: scrapers need it once, and its memory is the app's. */
const IDLE_MS = 10_000

interface Waiting extends VerificationJob {
  readonly client: string
  readonly resolve: (matches: boolean) => void
  readonly reject: (error: unknown) => void
}

/**
 * Verifies passwords against hashes, one at a time, in a thread of its own. The thread is created for the first
 * password and ends when it is idle.
 */
export class PasswordVerifier {
  readonly #workerFile: string | URL
  /** The first one is under way. */
  readonly #queue: Waiting[] = []
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined

  /** @param workerFile the module `bcrypt-worker`, as a thread can load it */
  constructor(workerFile: string | URL) {
    this.#workerFile = workerFile
  }

  /**
   * Returns whether the password matches the hash, or undefined when too many verifications wait already, or too many of
   * this client.
   *
   * @throws Error when the thread cannot be started, or ends by itself
   */
  verify(job: VerificationJob, client: string): Promise<boolean> | undefined {
    const waiting = this.#queue.slice(1)
    if (waiting.length >= MAX_WAITING) return undefined
    if (waiting.filter((other) => other.client === client).length >= MAX_WAITING_PER_CLIENT) return undefined
    return new Promise((resolve, reject) => {
      this.#queue.push({ ...job, client, resolve, reject })
      if (this.#queue.length === 1) this.#next()
    })
  }

  #next(): void {
    clearTimeout(this.#idle)
    const [first] = this.#queue
    if (first === undefined) {
      this.#idle = setTimeout(() => this.#end(), IDLE_MS).unref()
      return
    }
    try {
      this.#worker ??= this.#start()
      this.#worker.postMessage({ password: first.password, hash: first.hash } satisfies VerificationJob)
    } catch (error) {
      this.#fail(error)
    }
  }

  #start(): Worker {
    const worker = startUnnoticedWorker(this.#workerFile)
    worker.on('message', ({ matches }: VerificationResult) => {
      this.#queue.shift()?.resolve(matches)
      this.#next()
    })
    worker.on('error', (error) => this.#fail(error))
    worker.on('exit', (code) => {
      if (this.#worker === worker) this.#fail(new Error(`the thread that verifies passwords ended with ${code}`))
    })
    // This comes last, since a listener for messages would keep the process alive again.
    worker.unref()
    return worker
  }

  #end(): void {
    const worker = this.#worker
    this.#worker = undefined
    worker?.terminate().catch(() => {})
  }

  #fail(error: unknown): void {
    this.#end()
    for (const { reject } of this.#queue.splice(0)) reject(error)
  }
}
