import { setTimeout as sleep } from 'node:timers/promises'
import { type Load, openLoad } from './load.ts'
import { type HelloServer, startServer } from './server.ts'
import { type Summary, summarize } from './statistics.ts'
import { formatSummary, formatTable } from './table.ts'
import { BARE, type CountingVariant, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT, type Variant } from './variants/index.ts'

export interface RequestPathOptions {
  /** How often each variant is measured, in a new process each time. */
  readonly rounds: number
  /** Requests before a measurement, for the compiler. */
  readonly warmUp: number
  /** How many times the variants of a round take turns, and the requests of one turn. */
  readonly turns: number
  readonly requests: number
  readonly connections: number
}

export interface Measurement {
  readonly cpuMicroseconds: number
  readonly requestsPerSecond: number
}

interface Contestant {
  readonly variant: Variant | CountingVariant
  readonly server: HelloServer
  readonly load: Load
  cpuMicroseconds: number
  seconds: number
}

const VARIANTS: readonly (Variant | CountingVariant)[] = [BARE, OURS, PROM_CLIENT, HTTP_INSTRUMENTATION]

/**
 * What a request costs in each variant: a measurement a round. In a round they all run, and take short turns at being
 * asked, so that what else the machine does hits them alike; the next round begins with new processes.
 *
 * @throws when a variant did not count exactly the requests that were sent
 */
export async function measureRequestPath(
  options: RequestPathOptions,
  onRound: (round: number) => void = () => {},
  variants = VARIANTS,
): Promise<Map<Variant, Measurement[]>> {
  const measurements = new Map<Variant, Measurement[]>(variants.map((variant) => [variant, []]))
  for (let round = 0; round < options.rounds; round++) {
    onRound(round)
    for (const { variant, cpuMicroseconds, seconds } of await run(variants, options)) {
      const requests = options.turns * options.requests
      measurements
        .get(variant)
        ?.push({ cpuMicroseconds: cpuMicroseconds / requests, requestsPerSecond: requests / seconds })
    }
  }
  return measurements
}

/** One round. */
async function run(
  variants: readonly (Variant | CountingVariant)[],
  { warmUp, turns, requests, connections }: RequestPathOptions,
): Promise<readonly Contestant[]> {
  const servers: HelloServer[] = []
  const contestants: Contestant[] = []
  try {
    for (const variant of variants) {
      const server = await startServer(variant)
      servers.push(server)
      const load = await openLoad(server.port, connections)
      contestants.push({ variant, server, load, cpuMicroseconds: 0, seconds: 0 })
      await load.send(warmUp)
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const contestant of contestants) {
        const before = await contestant.server.cpuMicroseconds()
        contestant.seconds += await contestant.load.send(requests)
        contestant.cpuMicroseconds += (await contestant.server.cpuMicroseconds()) - before
      }
    }
    for (const { variant, server } of contestants) {
      if ('counted' in variant) await verify(variant, server, warmUp + turns * requests)
    }
    return contestants
  } finally {
    for (const { load } of contestants) load.close()
    for (const server of servers) await server.stop()
  }
}

/** A benchmark of something that does not count is worth nothing. */
async function verify({ name, counted }: CountingVariant, server: HelloServer, sent: number): Promise<void> {
  // A client has its answer a moment before the server's side is over, and is counted.
  const deadline = performance.now() + 5000
  let scrapes = 0
  let numbers = counted(await server.metrics(), scrapes++)
  while (numbers.some((number) => number < sent) && performance.now() < deadline) {
    await sleep(50)
    numbers = counted(await server.metrics(), scrapes++)
  }
  if (numbers.some((number) => number !== sent)) throw new Error(`${name} counted ${numbers} of ${sent} requests`)
}

/** Tables for people; ratios are taken within each round, and then summed up. */
export function formatRequestPath(measurements: ReadonlyMap<Variant, readonly Measurement[]>): string {
  const of = (variant: Variant) => measurements.get(variant) ?? []
  const ratio = (variant: Variant, what: keyof Measurement): Summary =>
    summarize(of(variant).map((measurement, round) => measurement[what] / (of(BARE)[round]?.[what] ?? Number.NaN)))
  const added = (variant: Variant) =>
    of(variant).map(({ cpuMicroseconds }, round) => cpuMicroseconds - (of(BARE)[round]?.cpuMicroseconds ?? Number.NaN))
  const addedByOurs = (other: Variant): Summary => {
    const others = added(other)
    return summarize(added(OURS).map((ours, round) => ours / (others[round] ?? Number.NaN)))
  }

  const costs = VARIANTS.map((variant) => [
    variant.name,
    formatSummary(summarize(of(variant).map(({ cpuMicroseconds }) => cpuMicroseconds)), 1),
    formatSummary(ratio(variant, 'cpuMicroseconds'), 2),
    formatSummary(summarize(of(variant).map(({ requestsPerSecond }) => requestsPerSecond)), 0),
    formatSummary(ratio(variant, 'requestsPerSecond'), 2),
  ])
  const comparisons = [PROM_CLIENT, HTTP_INSTRUMENTATION].map((other) => [
    `${OURS.name} / ${other.name}`,
    formatSummary(addedByOurs(other), 2),
  ])
  return [
    formatTable(['hello-world server', 'CPU a request, µs', 'to bare', 'requests a second', 'to bare'], costs),
    formatTable(['CPU added to a request', 'ratio'], comparisons),
  ].join('\n\n')
}
