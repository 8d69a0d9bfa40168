import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { summarize } from '../report/statistics.ts'
import { type Accepted, ScrapeClient } from './client.ts'
import { samplesOf } from './samples.ts'

const SCRIPT = fileURLToPath(new URL('./serve.js', import.meta.url))

export interface ScrapeCase extends Accepted {
  readonly contestants: readonly string[]
  readonly lines: number
  /** How many lists of label values have another request recorded between two scrapes. */
  readonly changed: number
  /** How many scrapes come before the measurement, during which the compiler does most of its work. */
  readonly warmUp: number
  readonly turns: number
  /** How many scrapes of each measure a contestant has in a turn. */
  readonly scrapes: number
}

type Measure = 'cpu' | 'slices' | 'memory'

interface Running {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
  readonly format: Accepted['format']
  readonly client: ScrapeClient
  readonly measured: Record<string, number[]>
}

/** Measures what one scrape costs each contestant: the median over all of its scrapes, by the name of the measure. */
export async function measureScrapes(scrapeCase: ScrapeCase): Promise<Record<string, Record<string, number>>> {
  const { contestants, warmUp, turns, scrapes } = scrapeCase
  const running: Running[] = []
  try {
    for (const name of contestants) running.push(await start(name, scrapeCase))
    const sizes = await verifySamples(running)
    // The compiler's work and the first collections are interleaved too.
    for (let i = 0; i < 5; i++)
      for (const one of running) for (let j = 0; j < warmUp / 5; j++) await measure(one, 'cpu')
    for (const { measured } of running) for (const key of Object.keys(measured)) delete measured[key]
    for (let turn = 0; turn < turns; turn++) {
      const first = turn % running.length
      for (const one of [...running.slice(first), ...running.slice(0, first)]) {
        for (let i = 0; i < scrapes; i++) {
          await measure(one, 'cpu', false)
          await measure(one, 'cpu')
          await measure(one, 'slices')
        }
        await measure(one, 'memory')
      }
    }
    return Object.fromEntries(
      running.map(({ name, measured }) => [name, summarizeCosts(measured, sizes[name] as Size)]),
    )
  } finally {
    for (const { child, client } of running) {
      client.close()
      if (child.connected) child.disconnect()
    }
  }
}

async function start(name: string, { format, encoding, lines, changed }: ScrapeCase): Promise<Running> {
  const child = fork(SCRIPT, [name, format, String(lines), String(changed)], {
    execArgv: ['--expose-gc', ...(process.env.SERVE_FLAGS?.split(' ') ?? [])],
    env: childEnv(),
  })
  const { port } = (await reply(child)) as { port: number }
  return { name, child, port, format, client: new ScrapeClient(port, { format, encoding }), measured: {} }
}

async function reply(child: ChildProcess): Promise<Record<string, number>> {
  const settled = new AbortController()
  const { signal } = settled
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a contestant ended with ${code}`)
  })
  ended.catch(() => {})
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message as Record<string, number>
  } finally {
    settled.abort()
  }
}

interface Size {
  readonly lines: number
  readonly textBytes: number
}

/**
 * Checks that every contestant serves the same samples, and returns how many lines each exposition has.
 *
 * @throws Error that says which sample differs
 */
async function verifySamples(running: readonly Running[]): Promise<Record<string, Size>> {
  const sizes: Record<string, Size> = {}
  let expected: ReadonlyMap<string, number> | undefined
  for (const { name, port, format } of running) {
    const text = await new ScrapeClient(port, { format, encoding: 'identity' }).read()
    sizes[name] = { lines: text.split('\n').length - 1, textBytes: Buffer.byteLength(text) }
    const samples = samplesOf(text)
    expected ??= samples
    for (const series of new Set([...expected.keys(), ...samples.keys()])) {
      if (samples.get(series) === expected.get(series)) continue
      throw new Error(
        `${series} is ${samples.get(series)} of ${name} and ${expected.get(series)} of ${running[0]?.name}`,
      )
    }
  }
  return sizes
}

async function measure({ child, client, measured }: Running, begin: Measure, scrapes = true): Promise<void> {
  child.send({ begin })
  await reply(child)
  const seen: Record<string, number> = scrapes ? { ...(await client.scrape()) } : {}
  child.send({})
  Object.assign(seen, await reply(child))
  for (const [key, value] of Object.entries(seen)) {
    if (begin !== 'cpu' && (key === 'wallMs' || key === 'bytes')) continue
    const list = scrapes ? key : `${key} without a scrape`
    measured[list] ??= []
    measured[list].push(value)
  }
}

function summarizeCosts(measured: Record<string, number[]>, { lines, textBytes }: Size): Record<string, number> {
  const median = (key: string) => summarize(measured[key] ?? []).median
  const net = (key: string) => median(key) - median(`${key} without a scrape`)
  return {
    lines,
    cpuMs: net('cpuMs'),
    threadMs: net('threadMs'),
    'ns/line': (net('cpuMs') * 1e6) / lines,
    sliceMs: median('sliceMs'),
    worstSliceMs: Math.max(...(measured.sliceMs ?? [])),
    wallMs: median('wallMs'),
    MB: median('bytes') / 1e6,
    usedMB: median('usedBytes') / 1e6,
    'used/text': median('usedBytes') / textBytes,
    residentMB: median('residentBytes') / 1e6,
    keptMB: median('keptBytes') / 1e6,
  }
}
