import { summarize } from '../report/statistics.ts'
import { shuffle } from '../shuffle.ts'
import type { Rounds } from '../side-by-side.ts'
import type { ScrapeCase } from './cases.ts'
import { type RunningContestant, startContestant } from './running-contestant.ts'
import { samplesOf } from './samples.ts'

/** How much is measured. */
export interface ScrapeRunSize {
  readonly rounds: number
  /** How many turns each contestant has in a round. */
  readonly turns: number
  /** The number of scrapes in one turn of the warm-up, during which the compiler does most of its work. */
  readonly warmUp: number
  /** The number of scrapes in one turn for each measure except memory, which has one. */
  readonly scrapes: number
}

/**
 * Measures what one scrape costs, in new processes each round: by the name of the measure, the median over the scrapes of
 * each round. `worstSliceMs` is the longest slice of all scrapes of a round.
 *
 * The contestants are processes of their own, so that they share neither heap nor compiled code. They have short turns, in
 * the warm-up too, so that whatever else the machine does affects all alike, as do their own collections and compilations.
 *
 * @throws Error when the contestants do not serve the same samples
 */
export async function measureScrapes(
  scrapeCase: ScrapeCase,
  size: ScrapeRunSize,
  onRound: (round: number) => void = () => {},
): Promise<Record<string, Rounds>> {
  const costs: Record<string, Rounds> = {}
  for (let round = 0; round < size.rounds; round++) {
    onRound(round)
    for (const [contestant, measured] of await runRound(scrapeCase, size)) {
      for (const [measure, value] of Object.entries(measured)) {
        costs[measure] ??= {}
        costs[measure][contestant] ??= []
        costs[measure][contestant].push(value)
      }
    }
  }
  return costs
}

type Costs = Record<string, number>

async function runRound(scrapeCase: ScrapeCase, size: ScrapeRunSize): Promise<ReadonlyMap<string, Costs>> {
  const running: RunningContestant[] = []
  try {
    for (const name of scrapeCase.contestants) running.push(await startContestant(name, scrapeCase))
    const texts = await readSameSamples(running)
    for (let turn = 0; turn < size.turns; turn++) {
      for (const contestant of shuffle(running)) {
        for (let i = 0; i < size.warmUp; i++) await contestant.measure('cpu')
      }
    }
    const measured = new Map(running.map(({ name }) => [name, new Measured()]))
    for (let turn = 0; turn < size.turns; turn++) {
      for (const contestant of shuffle(running)) {
        await measureTime(contestant, measured.get(contestant.name) as Measured, size)
      }
    }
    // This comes last, because it collects all garbage before each scrape: V8 then throws compiled code away too.
    for (let turn = 0; turn < size.turns; turn++) {
      for (const contestant of shuffle(running)) {
        await measureMemory(contestant, measured.get(contestant.name) as Measured)
      }
    }
    return new Map(
      [...measured].map(([name, costs]) => [name, { ...costs.summary(), ...sizeOf(texts.get(name) ?? '') }]),
    )
  } finally {
    for (const contestant of running) contestant.stop()
  }
}

async function measureTime(
  contestant: RunningContestant,
  measured: Measured,
  { scrapes }: ScrapeRunSize,
): Promise<void> {
  for (let i = 0; i < scrapes; i++) {
    measured.addIdle(await contestant.measure('cpu', false))
    const { cpuMs, threadMs, wallMs, bytes } = await contestant.measure('cpu')
    measured.add({ cpuMs, threadMs, wallMs, bytes })
    const { sliceMs } = await contestant.measure('slice')
    measured.add({ sliceMs })
  }
}

async function measureMemory(contestant: RunningContestant, measured: Measured): Promise<void> {
  const { usedBytes, residentBytes, keptBytes } = await contestant.measure('memory')
  measured.add({ usedBytes, residentBytes, keptBytes })
}

/** What was measured of one contestant in one round. */
class Measured {
  readonly #values = new Map<string, number[]>()
  /** What the measurement itself costs, which is measured without a scrape. */
  readonly #idle = new Map<string, number[]>()

  add(values: Record<string, number | undefined>): void {
    append(this.#values, values)
  }

  addIdle(values: Record<string, number | undefined>): void {
    append(this.#idle, values)
  }

  summary(): Costs {
    const costs = Object.fromEntries(
      [...this.#values].map(([measure, values]) => [measure, median(values) - median(this.#idle.get(measure) ?? [0])]),
    )
    return { ...costs, worstSliceMs: Math.max(...(this.#values.get('sliceMs') ?? [])) }
  }
}

function append(lists: Map<string, number[]>, values: Record<string, number | undefined>): void {
  for (const [measure, value = Number.NaN] of Object.entries(values)) {
    const list = lists.get(measure) ?? []
    list.push(value)
    lists.set(measure, list)
  }
}

const median = (values: readonly number[]) => summarize(values).median

const sizeOf = (text: string): Costs => ({ lines: text.split('\n').length - 1, textBytes: Buffer.byteLength(text) })

/** Returns the exposition of each contestant, after a check that all have the same samples. */
async function readSameSamples(running: readonly RunningContestant[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>()
  let expected: { readonly name: string; readonly samples: ReadonlyMap<string, number> } | undefined
  for (const { name, read } of running) {
    const text = await read()
    texts.set(name, text)
    const samples = samplesOf(text)
    expected ??= { name, samples }
    for (const series of new Set([...expected.samples.keys(), ...samples.keys()])) {
      const [is, should] = [samples.get(series), expected.samples.get(series)]
      if (is !== should) throw new Error(`${series} is ${is} in ${name}, and ${should} in ${expected.name}`)
    }
  }
  return texts
}
