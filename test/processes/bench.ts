/**
 * What a scrape costs the event loop: that of the leader of 16 processes with 2,000 series of each metric of requests, and
 * of one process of prom-client with as many. `node test/processes/bench.ts`, after `pnpm build`.
 */
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS, LABEL_SETS } from '@agentgateway-otel/metrics'
import { REGISTER } from '../harness/app.ts'
import { app, createSite, pause, type Running, requests } from './app.ts'

const PROCESSES = 16
const SERIES = 2000

/** CPU of the event loop's thread for one scrape, in milliseconds. */
interface Result {
  readonly leader: number
  readonly promClient: number
}

/** @returns the medians of so many scrapes, of both in turn. */
export async function compare(processes = PROCESSES, rounds = 9): Promise<Result> {
  const site = await createSite()
  try {
    const start = () => site.run(process.execPath, ['--import', REGISTER, app('many-series.cjs')])
    const leader = start()
    await leader.line(/metrics on http/, 'stderr')
    const members: Running[] = []
    // Two at a time, on a machine of two cores.
    for (let i = 1; i < processes; i += 2) {
      const pair = Array.from({ length: Math.min(2, processes - i) }, start)
      await Promise.all(pair.map((one) => one.line(/^ready/)))
      members.push(...pair)
    }
    await leader.line(/^ready/)
    await site.scrapeUntil((now) => requests(now) === processes * SERIES)
    const other = site.run(process.execPath, [app('prom-client-series.cjs'), JSON.stringify(families())])
    const port = Number((await other.line(/^ready (\d+)/))[1])

    const leaders: number[] = []
    const others: number[] = []
    for (let i = 0; i < rounds; i++) {
      leaders.push(await scraped(leader, site.port))
      others.push(await scraped(other, port))
    }
    // The first ones compile, and read the others' series for the first time.
    return { leader: median(leaders.slice(2)), promClient: median(others.slice(2)) }
  } finally {
    await site.clear()
  }
}

const families = () =>
  DEFAULT_METRICS.filter(({ labels }) => labels === 'http').map(({ name, help, kind, labels, ...metric }) => ({
    name,
    help,
    kind,
    labelNames: [...LABEL_SETS[labels].map(([label]) => label), 'gateway'],
    ...('buckets' in metric && { buckets: metric.buckets }),
  }))

async function scraped({ child, stdout }: Running, port: number): Promise<number> {
  const said = async (word: string, pattern: RegExp) => {
    const before = stdout().length
    child.stdin?.write(`${word}\n`)
    for (;;) {
      const match = pattern.exec(stdout().slice(before))
      if (match) return match
      await pause(5)
    }
  }
  await said('begin', /begun\n/)
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': 'identity' } })
  await response.arrayBuffer()
  return Number((await said('end', /used (\S+)\n/))[1])
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { leader, promClient } = await compare()
  console.log(
    `CPU of the event loop's thread for one scrape, of ${SERIES} series of each of the four metrics of requests:`,
  )
  console.log(`the leader of ${PROCESSES} processes   ${leader.toFixed(1)} ms`)
  console.log(`one process of prom-client   ${promClient.toFixed(1)} ms`)
  console.log(`ratio                        ${(leader / promClient).toFixed(2)}`)
}
