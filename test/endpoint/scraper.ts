import http from 'node:http'
import { parentPort, Worker, workerData } from 'node:worker_threads'

/** How one scrape went. */
export interface Scrape {
  /** The status, or the error's code where there is no response. */
  readonly result: number | string
  readonly bytes: number
  readonly durationMs: number
}

/**
 * The address that scrapes come from. As usual, it is another one than that of a flood, which is 127.0.0.1. On Linux all of
 * 127.0.0.0/8 is the loopback interface.
 */
const SCRAPER_ADDRESS = '127.0.0.2'

/** Scrapes once, over a connection of its own. */
const scrape = (url: string) =>
  new Promise<Scrape>((resolve) => {
    const start = performance.now()
    let bytes = 0
    const end = (result: number | string) => resolve({ result, bytes, durationMs: performance.now() - start })
    http
      .get(url, { agent: false, localAddress: SCRAPER_ADDRESS }, (response) => {
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.on('end', () => end(response.statusCode ?? 0))
        response.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
      })
      .on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })

/**
 * Scrapes again and again while the work is under way, in a thread of its own, so that a test that opens a thousand
 * connections does not slow the scraper down. Returns the scrapes, of which there is at least one.
 */
export async function scrapeDuring(url: string, work: () => Promise<unknown>): Promise<readonly Scrape[]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: url })
  const message = () => new Promise((resolve) => worker.once('message', resolve))
  await message()
  await work()
  const scrapes = message()
  worker.postMessage('stop')
  return (await scrapes) as Scrape[]
}

if (parentPort !== null) {
  const scrapes: Scrape[] = []
  let isStopped = false
  parentPort.once('message', () => {
    isStopped = true
  })
  parentPort.postMessage('ready')
  do {
    scrapes.push(await scrape(workerData))
    await new Promise((resolve) => setTimeout(resolve, 20))
  } while (!isStopped)
  parentPort.postMessage(scrapes)
}
