import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from './apps/index.ts'
import { type Load, openLoad } from './load.ts'
import { type MeasuredApp, startMeasuredApp } from './measured-app.ts'
import { startProvider } from './provider.ts'
import { summarize } from './report/statistics.ts'
import { shuffle } from './shuffle.ts'
import type { Variant } from './variants/index.ts'

/**
 * The subjects are warmed up in as many turns, one after the other in each. A subject that is warmed up in one go and then
 * waits while the others are warmed up loses what the warm-up gave it: V8 flushes code that has not run through a few
 * collections. By the place in such a queue, five processes of one app differed by a factor of two.
 */
const WARM_UP_TURNS = 10

/**
 * Flags with which processes of one app cost the same. Without them it is chance which thread of V8 compiles or collects first, and
 * how far the young generation grows, so that identical MCP servers differed by up to 20 % over their whole lives. V8 does the same
 * work with them, and the young generation has the size to which a busy server's grows.
 */
export const STEADY_FLAGS: readonly string[] = ['--single-threaded', '--min-semi-space-size=16']

/** How much is measured. */
export interface RunSize {
  /** How many times each subject is measured, in new processes each time. */
  readonly rounds: number
  /** How many processes of each subject a round measures, one after the other. Their mean is the round's result. Default: 1. */
  readonly processes?: number
  /** Flags of Node.js for every subject, before the variant's own. Default: none. */
  readonly flags?: readonly string[]
  /** The number of requests before a measurement, during which the compiler does most of its work. */
  readonly warmUp: number
  /** How many turns each subject has in a round. */
  readonly turns: number
  /** The number of requests in one turn. */
  readonly requests: number
  readonly connections: number
  /** How many times each subject that can be scraped is scraped after its turns. Default: 0. */
  readonly scrapes?: number
}

/** What is measured: a variant of the app, under a load of its own. */
export interface Subject {
  readonly name: string
  readonly variant: Variant
  /** The scale of the app's traffic; see `App.traffic`. */
  readonly scale?: number
}

/** For each subject, by its name, one number per round. */
export type Rounds = Record<string, number[]>

/**
 * Per request: the CPU time, and by how much the heap grew in the middle one of the turns, which is what a request allocates if
 * nothing is collected in most turns. Over all requests of a round: the throughput, and the resident memory before and after. Per scrape: the
 * CPU time, which is 0 for what is not scraped.
 */
export type Costs = Record<
  'cpuMicroseconds' | 'allocatedBytes' | 'requestsPerSecond' | 'startBytes' | 'loadedBytes' | 'scrapeMicroseconds',
  Rounds
>

interface RunningSubject extends Subject {
  readonly process: MeasuredApp
  readonly load: Load
  readonly sentBefore: number
  readonly startBytes: number
  loadedBytes: number
  cpuMicroseconds: number
  /** By how much the heap grew per request, in each turn. */
  readonly growths: number[]
  scrapeMicroseconds: number
  seconds: number
}

/**
 * Measures what a request to the app costs each subject, once per round. All subjects run at the same time and receive
 * requests in short turns, so that whatever else the machine does affects them alike. The order is drawn anew for each
 * start and each turn.
 *
 * @throws Error when a variant did not count exactly the requests that were sent
 */
export async function measureSideBySide(
  app: App,
  subjects: readonly Subject[],
  size: RunSize,
  onRound: (round: number) => void = () => {},
): Promise<Costs> {
  const costs: Costs = {
    cpuMicroseconds: {},
    allocatedBytes: {},
    requestsPerSecond: {},
    startBytes: {},
    loadedBytes: {},
    scrapeMicroseconds: {},
  }
  for (const measure of Object.values(costs)) for (const { name } of subjects) measure[name] = []
  const requests = size.turns * size.requests
  const { processes = 1 } = size
  for (let round = 0; round < size.rounds; round++) {
    onRound(round)
    const ofProcesses: RunningSubject[] = []
    for (let i = 0; i < processes; i++) ofProcesses.push(...(await runUndisturbed(app, subjects, size)))
    for (const { name } of subjects) {
      const measured = meanOf(ofProcesses.filter((subject) => subject.name === name))
      const add = (measure: keyof Costs, value: number) => {
        costs[measure][name]?.push(value)
      }
      add('cpuMicroseconds', measured.cpuMicroseconds / requests)
      add('allocatedBytes', measured.allocatedBytes)
      add('requestsPerSecond', requests / measured.seconds)
      add('startBytes', measured.startBytes)
      add('loadedBytes', measured.loadedBytes)
      add('scrapeMicroseconds', size.scrapes ? measured.scrapeMicroseconds / size.scrapes : 0)
    }
  }
  return costs
}

/** What was measured of a process. */
type Measured = Pick<
  RunningSubject,
  'cpuMicroseconds' | 'seconds' | 'startBytes' | 'loadedBytes' | 'scrapeMicroseconds'
> & { readonly allocatedBytes: number }

/** Returns the mean of what was measured of several processes. */
function meanOf(processes: readonly RunningSubject[]): Measured {
  const meanBy = (measure: (process: RunningSubject) => number) =>
    processes.reduce((sum, process) => sum + measure(process), 0) / processes.length
  const mean = (measure: Exclude<keyof Measured, 'allocatedBytes'>) => meanBy((process) => process[measure])
  return {
    cpuMicroseconds: mean('cpuMicroseconds'),
    allocatedBytes: meanBy(({ growths }) => summarize(growths).median),
    seconds: mean('seconds'),
    startBytes: mean('startBytes'),
    loadedBytes: mean('loadedBytes'),
    scrapeMicroseconds: mean('scrapeMicroseconds'),
  }
}

/** The error of a variant that did not count exactly the requests that were sent. */
class Miscount extends Error {
  readonly isTooMany: boolean

  constructor(message: string, isTooMany: boolean) {
    super(message)
    this.isTooMany = isTooMany
  }
}

/**
 * Runs a round, and repeats it where more requests were counted than were sent: another program on the machine, such as a
 * scraper whose own app has ended, may have found the port. A variant that counts twice does so in every attempt.
 */
async function runUndisturbed(...round: Parameters<typeof runRound>): Promise<readonly RunningSubject[]> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await runRound(...round)
    } catch (error) {
      if (!(error instanceof Miscount && error.isTooMany) || attempts === 3) throw error
    }
  }
}

async function runRound(app: App, allSubjects: readonly Subject[], size: RunSize): Promise<readonly RunningSubject[]> {
  const { warmUp, turns, requests, connections, scrapes = 0, flags = [] } = size
  const subjects = shuffle(allSubjects)
  const processes: MeasuredApp[] = []
  const running: RunningSubject[] = []
  const start = async (...args: Parameters<typeof startMeasuredApp>) => {
    const started = await startMeasuredApp(...args)
    processes.push(started)
    return started
  }
  const provider = app.callsProvider ? await startProvider() : undefined
  try {
    const appEnv: Record<string, string> = provider ? { PROVIDER: `http://127.0.0.1:${provider.port}` } : {}
    const starts = await Promise.allSettled(
      subjects.map(({ variant }) => start(app.file, { ...variant, flags: [...flags, ...variant.flags] }, appEnv)),
    )
    for (const [i, subject] of subjects.entries()) {
      const process = settledValue(starts[i])
      const { residentBytes: startBytes } = await process.usage()
      const traffic = await app.traffic(process.port, subject.scale)
      const load = await openLoad(process.port, connections, traffic)
      const started = { ...subject, process, load, sentBefore: traffic.sentBefore, startBytes }
      running.push({
        ...started,
        loadedBytes: 0,
        cpuMicroseconds: 0,
        growths: [],
        scrapeMicroseconds: 0,
        seconds: 0,
      })
    }
    for (const requestsOfTurn of split(warmUp, WARM_UP_TURNS)) {
      for (const { load } of shuffle(running)) await load.send(requestsOfTurn)
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const subject of shuffle(running)) {
        const before = await subject.process.usage()
        subject.seconds += await subject.load.send(requests)
        const after = await subject.process.usage()
        subject.cpuMicroseconds += after.cpuMicroseconds - before.cpuMicroseconds
        subject.growths.push((after.heapBytes - before.heapBytes) / requests)
        subject.loadedBytes = after.residentBytes
      }
    }
    for (let scrape = 0; scrape < scrapes; scrape++) {
      for (const subject of shuffle(running.filter(({ variant }) => variant.countsOf !== undefined))) {
        const before = await subject.process.usage()
        await subject.process.metrics()
        const after = await subject.process.usage()
        subject.scrapeMicroseconds += after.cpuMicroseconds - before.cpuMicroseconds
      }
    }
    for (const subject of running) await verifyCounts(app, subject, warmUp + turns * requests)
    return running
  } finally {
    for (const { load } of running) load.close()
    await Promise.all(processes.map((process) => process.stop()))
    provider?.stop()
  }
}

/** Splits a number into whole parts that differ by one at most. */
const split = (total: number, parts: number): readonly number[] =>
  Array.from({ length: parts }, (_, i) => Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts))

/**
 * Returns the process that was started, or throws the error of a failed start. All starts have settled before the first
 * error is thrown, so that no process is left behind.
 */
function settledValue<T>(settled: PromiseSettledResult<T> | undefined): T {
  if (settled?.status === 'fulfilled') return settled.value
  throw settled?.reason
}

/** Checks that the variant counted all requests, since the costs of a variant that does not count mean nothing. */
async function verifyCounts(
  app: App,
  { variant, process, load, sentBefore }: RunningSubject,
  sentByLoad: number,
): Promise<void> {
  const { countsOf, name } = variant
  if (countsOf === undefined) return
  const requests = sentByLoad + sentBefore
  const bodyBytes = load.bodyBytes()
  // The responses to what was sent before the load have other sizes.
  const responseBytes = bodyBytes === undefined || sentBefore > 0 ? undefined : bodyBytes * requests
  const readCounts = async (scrapes: number) =>
    countsOf(await process.metrics(), { app, requests, responseBytes, scrapes })

  // A client has its response a moment before the server has finished and counted it.
  const deadline = performance.now() + 5000
  let counts = await readCounts(0)
  for (let scrapes = 1; counts.some((count) => count < requests) && performance.now() < deadline; scrapes++) {
    await sleep(50)
    counts = await readCounts(scrapes)
  }
  if (counts.some((count) => count !== requests)) {
    const message = `${name} counted ${counts.join(', ')} of ${requests} requests to ${app.name}`
    throw new Miscount(
      message,
      counts.every((count) => count > requests),
    )
  }
}
