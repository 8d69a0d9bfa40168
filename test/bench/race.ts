import { setTimeout as sleep } from 'node:timers/promises'
import { type App, PROVIDER } from './apps/index.ts'
import { type Load, openLoad } from './load.ts'
import { type MeasuredApp, startMeasuredApp } from './measured-app.ts'
import type { Variant } from './variants/index.ts'

/** How much is measured. */
export interface RaceSize {
  /** How often each contestant is measured, in a new process each time. */
  readonly rounds: number
  /** Requests before a measurement, for the compiler. */
  readonly warmUp: number
  /** How many times the contestants of a round take turns, and the requests of one turn. */
  readonly turns: number
  readonly requests: number
  readonly connections: number
}

export interface Contestant {
  readonly name: string
  readonly variant: Variant
  /** For the app's traffic. */
  readonly variety?: number
}

/** Of each contestant, by its name, a number a round. */
export type Rounds = Record<string, number[]>

/** What a race measures. */
export type RaceResult = Record<'cpuMicroseconds' | 'requestsPerSecond' | 'startBytes' | 'loadedBytes', Rounds>

interface Runner extends Contestant {
  readonly process: MeasuredApp
  readonly load: Load
  readonly sentBefore: number
  readonly startBytes: number
  loadedBytes: number
  cpuMicroseconds: number
  seconds: number
}

/**
 * What a request costs each contestant: a measurement a round. In a round they all run, and take short turns at being
 * asked, so that what else the machine does hits them alike; the next round begins with new processes.
 *
 * @throws when a variant did not count exactly the requests that were sent
 */
export async function race(
  app: App,
  contestants: readonly Contestant[],
  size: RaceSize,
  onRound: (round: number) => void = () => {},
): Promise<RaceResult> {
  const result: RaceResult = { cpuMicroseconds: {}, requestsPerSecond: {}, startBytes: {}, loadedBytes: {} }
  const requests = size.turns * size.requests
  for (let round = 0; round < size.rounds; round++) {
    onRound(round)
    for (const { name, ...measured } of await runUndisturbed(app, contestants, size)) {
      const note = (what: keyof RaceResult, value: number) => {
        result[what][name] ??= []
        result[what][name].push(value)
      }
      note('cpuMicroseconds', measured.cpuMicroseconds / requests)
      note('requestsPerSecond', requests / measured.seconds)
      note('startBytes', measured.startBytes)
      note('loadedBytes', measured.loadedBytes)
    }
  }
  return result
}

/** A variant has not counted exactly the requests that were sent. */
class Miscount extends Error {
  readonly isTooMany: boolean

  constructor(message: string, isTooMany: boolean) {
    super(message)
    this.isTooMany = isTooMany
  }
}

/**
 * Runs a round, and again where more was counted than was sent: something else on the machine, such as a scraper whose
 * app has ended, may have found the port. Who counts twice does so each time.
 */
async function runUndisturbed(...round: Parameters<typeof runRound>): Promise<readonly Runner[]> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await runRound(...round)
    } catch (error) {
      if (!(error instanceof Miscount && error.isTooMany) || attempts === 3) throw error
    }
  }
}

async function runRound(app: App, contestants: readonly Contestant[], size: RaceSize): Promise<readonly Runner[]> {
  const { warmUp, turns, requests, connections } = size
  const processes: MeasuredApp[] = []
  const runners: Runner[] = []
  const start = async (...args: Parameters<typeof startMeasuredApp>) => {
    const started = await startMeasuredApp(...args)
    processes.push(started)
    return started
  }
  try {
    const provider = app.asksProvider ? await start(PROVIDER, { flags: [] }) : undefined
    const appEnv: Record<string, string> = provider ? { PROVIDER: `http://127.0.0.1:${provider.port}` } : {}
    const starts = await Promise.allSettled(contestants.map(({ variant }) => start(app.file, variant, appEnv)))
    for (const [i, contestant] of contestants.entries()) {
      const process = settledValue(starts[i])
      const { residentBytes: startBytes } = await process.usage()
      const traffic = await app.traffic(process.port, contestant.variety)
      const load = await openLoad(process.port, connections, traffic)
      const runner = { ...contestant, process, load, sentBefore: traffic.sent, startBytes }
      runners.push({ ...runner, loadedBytes: 0, cpuMicroseconds: 0, seconds: 0 })
      await load.send(warmUp)
    }
    for (let turn = 0; turn < turns; turn++) {
      // Another begins each time: nobody always comes after the same one.
      const begin = turn % runners.length
      for (const runner of [...runners.slice(begin), ...runners.slice(0, begin)]) {
        const before = await runner.process.usage()
        runner.seconds += await runner.load.send(requests)
        const after = await runner.process.usage()
        runner.cpuMicroseconds += after.cpuMicroseconds - before.cpuMicroseconds
        runner.loadedBytes = after.residentBytes
      }
    }
    for (const runner of runners) await verify(app, runner, warmUp + turns * requests)
    return runners
  } finally {
    for (const { load } of runners) load.close()
    await Promise.all(processes.map((process) => process.stop()))
  }
}

/** What was started; all are waited for before one that failed is told, so that none is left behind. */
function settledValue<T>(settled: PromiseSettledResult<T> | undefined): T {
  if (settled?.status === 'fulfilled') return settled.value
  throw settled?.reason
}

/** A benchmark of something that does not count is worth nothing. */
async function verify(app: App, { variant, process, load, sentBefore }: Runner, asked: number): Promise<void> {
  const { counted, name } = variant
  if (counted === undefined) return
  const requests = asked + sentBefore
  const bodyBytes = load.bodyBytes()
  // What a client sent before has answers of other sizes.
  const responseBytes = bodyBytes === undefined || sentBefore > 0 ? undefined : bodyBytes * requests
  const count = async (scrapes: number) => counted(await process.metrics(), { app, requests, responseBytes, scrapes })

  // A client has its answer a moment before the server's side is over, and is counted.
  const deadline = performance.now() + 5000
  let numbers = await count(0)
  for (let scrapes = 1; numbers.some((number) => number < requests) && performance.now() < deadline; scrapes++) {
    await sleep(50)
    numbers = await count(scrapes)
  }
  if (numbers.some((number) => number !== requests)) {
    const message = `${name} counted ${numbers.join(', ')} of ${requests} requests to ${app.name}`
    throw new Miscount(
      message,
      numbers.every((number) => number > requests),
    )
  }
}
