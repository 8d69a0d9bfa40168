/**
 * Measures what a scrape of several processes costs: the CPU time of the event loop's thread in the leader of 16 processes,
 * each with 2,000 series of each metric of requests, beside that in one process of prom-client with 2,000 series of each.
 * Run it with `node test/bench/leader-scrape.ts` after `pnpm build`.
 */
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS, LABEL_SETS } from '@agentgateway-otel/metrics'
import { REGISTER } from '../harness/app.ts'
import type { RunningProcess } from '../harness/process.ts'
import { createDeployment, requests } from '../processes/deployment.ts'

const PROCESSES = 16
const SERIES = 2000

/** CPU time of the event loop's thread for one scrape, in milliseconds. */
interface ScrapeCosts {
  readonly leader: number
  readonly promClient: number
}

const app = (name: string) => fileURLToPath(new URL(`./apps/${name}`, import.meta.url))

/** @returns the medians over `rounds` scrapes of each, in turns */
export async function compareScrapes(processes = PROCESSES, rounds = 9): Promise<ScrapeCosts> {
  const deployment = await createDeployment()
  try {
    const start = () => deployment.run(process.execPath, ['--import', REGISTER, app('many-series.cjs')])
    const leader = start()
    await leader.line(/metrics on http/, 'stderr')
    // Two processes start at a time, because the machine may have only two cores.
    for (let i = 1; i < processes; i += 2) {
      const pair = Array.from({ length: Math.min(2, processes - i) }, start)
      await Promise.all(pair.map((follower) => follower.line(/^ready/)))
    }
    await leader.line(/^ready/)
    await deployment.scrapeUntil((now) => requests(now) === processes * SERIES)
    const promClient = deployment.run(process.execPath, [
      app('prom-client-series.cjs'),
      JSON.stringify(requestMetrics()),
    ])
    const promClientPort = Number((await promClient.line(/^ready (\d+)/))[1])

    const costs: { leader: number[]; promClient: number[] } = { leader: [], promClient: [] }
    for (let i = 0; i < rounds; i++) {
      costs.leader.push(await measureScrape(leader, deployment.port))
      costs.promClient.push(await measureScrape(promClient, promClientPort))
    }
    // The first two scrapes are left out: code is compiled in them, and the followers' series are read for the first time.
    return { leader: median(costs.leader.slice(2)), promClient: median(costs.promClient.slice(2)) }
  } finally {
    await deployment.clear()
  }
}

/** Returns the definitions of the metrics of requests, as `prom-client-series.cjs` takes them. */
const requestMetrics = () =>
  DEFAULT_METRICS.filter(({ labels }) => labels === 'http').map(({ name, help, kind, labels, ...metric }) => ({
    name,
    help,
    kind,
    labelNames: [...LABEL_SETS[labels].map(([label]) => label), 'gateway'],
    ...('buckets' in metric && { buckets: metric.buckets }),
  }))

let measurements = 0

/** Scrapes a process that has `thread-cpu.cjs` loaded, and returns the CPU time of its event loop's thread in milliseconds. */
async function measureScrape(running: RunningProcess, port: number): Promise<number> {
  const id = ++measurements
  running.writeLine(`begin ${id}`)
  await running.line(new RegExp(`^begun ${id}$`))
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { 'accept-encoding': 'identity' } })
  await response.arrayBuffer()
  running.writeLine(`end ${id}`)
  const [, milliseconds] = await running.line(new RegExp(`^used (\\S+) in ${id}$`))
  return Number(milliseconds)
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

if (import.meta.main) {
  const { leader, promClient } = await compareScrapes()
  console.log(
    `CPU of the event loop's thread for one scrape, of ${SERIES} series of each of the four metrics of requests:`,
  )
  console.log(`the leader of ${PROCESSES} processes   ${leader.toFixed(1)} ms`)
  console.log(`one process of prom-client   ${promClient.toFixed(1)} ms`)
  console.log(`ratio                        ${(leader / promClient).toFixed(2)}`)
}
