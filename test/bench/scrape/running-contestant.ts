import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { freePort } from '../../harness/free-port.ts'
import { until } from '../../harness/until.ts'
import { OURS, type ScrapeCase } from './cases.ts'
import { ScrapeClient } from './client.ts'
import { samplesOf } from './samples.ts'

const SCRIPT = fileURLToPath(new URL('./serve.js', import.meta.url))

/** The contestants whose processes are a `node:cluster`. */
const isCluster = (name: string) => name.endsWith(', cluster')

type Measure = 'cpu' | 'slice' | 'memory'

/** A contestant that serves its metrics, in one process or in several. */
export interface RunningContestant {
  readonly name: string
  /**
   * Changes some series, and measures a scrape in the process that serves it.
   *
   * @param hasScrape whether there is a scrape; without one, the result is what the measurement itself costs
   */
  measure(measure: Measure, hasScrape?: boolean): Promise<Record<string, number>>
  /** Scrapes without compression. */
  read(): Promise<string>
  stop(): void
}

/** Starts a contestant, and waits until its exposition has what all of its processes recorded. */
export async function startContestant(name: string, scrapeCase: ScrapeCase): Promise<RunningContestant> {
  const { format, encoding, lines, changed, collections, processes, library = name } = scrapeCase
  // Our processes share a port by themselves.
  const isSharing = library === OURS && processes > 1
  const children: Child[] = []
  const stop = () => {
    for (const child of children) child.stop()
  }
  try {
    const options = isSharing ? { sharedPort: await freePort() } : isCluster(library) ? { workers: processes } : {}
    const copies = isSharing || isCluster(library) ? 1 : processes
    const start = async () => {
      const load = { lines, changed, collections, copies }
      const child = new Child(JSON.stringify({ contestant: library, format, ...load, ...options }))
      children.push(child)
      return child.reply()
    }
    // The first process is the one that serves.
    const { port = 0, requests = 0 } = await start()
    for (let i = 1; isSharing && i < processes; i++) await start()

    const client = new ScrapeClient(port)
    const read = async () => (await client.scrape({ format, encoding: 'identity' })).toString()
    await until(
      async () => sumOfRequests(await read()) === processes * requests || undefined,
      () => `${name} serves what its ${processes} processes recorded`,
    )
    return {
      name,
      read,
      async measure(measure, hasScrape = true) {
        await Promise.all(children.map((child) => child.request({ command: 'change' })))
        const [first] = children as [Child]
        await first.request({ command: 'begin', measure })
        const startMs = performance.now()
        const bytes = hasScrape ? (await client.scrape({ format, encoding })).length : 0
        const wallMs = performance.now() - startMs
        return { ...(await first.request({ command: 'end' })), wallMs, bytes }
      },
      stop() {
        client.close()
        stop()
      },
    }
  } catch (error) {
    stop()
    throw error
  }
}

function sumOfRequests(exposition: string): number {
  let sum = 0
  for (const [series, value] of samplesOf(exposition))
    if (series.startsWith('agentgateway_requests_total{')) sum += value
  return sum
}

type Reply = Record<string, number>

/** A process of a contestant. */
class Child {
  readonly #process: ChildProcess

  constructor(configuration: string) {
    this.#process = fork(SCRIPT, [configuration], { execArgv: ['--expose-gc'], env: childEnv() })
  }

  request(message: { readonly command: string; readonly measure?: Measure }): Promise<Reply> {
    const reply = this.reply()
    this.#process.send(message)
    return reply
  }

  /** @throws Error when the process ends instead of sending a message */
  async reply(): Promise<Reply> {
    const settled = new AbortController()
    const { signal } = settled
    const ended = once(this.#process, 'exit', { signal }).then(([code]) => {
      throw new Error(`the process of a contestant ended with ${code}`)
    })
    ended.catch(() => {})
    try {
      const [message] = await Promise.race([once(this.#process, 'message', { signal }), ended])
      return message as Reply
    } finally {
      settled.abort()
    }
  }

  stop(): void {
    if (this.#process.connected) this.#process.disconnect()
  }
}
