import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { childEnv } from '../../harness/environment.ts'
import { until } from '../../harness/until.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { shuffle } from '../shuffle.ts'
import { BARE, OURS, type Variant } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

const APP = fileURLToPath(new URL('../apps/open.cjs', import.meta.url))

/** What is open, by the path of its request. */
const CASES: Readonly<Record<string, string>> = {
  pending: 'a request without a response yet',
  events: 'an event stream',
  sse: 'an MCP stream over HTTP with SSE',
}

interface OpenSize {
  readonly rounds: number
  readonly exchanges: number
}

interface Usage {
  readonly open: number
  readonly heapBytes: number
}

/** Returns the heap that each open exchange holds: the difference between some that are open and twice as many. */
async function measureHeap({ flags, env = {} }: Variant, path: string, exchanges: number): Promise<number> {
  const child = fork(APP, { execArgv: ['--expose-gc', ...flags], env: { ...childEnv(), ...env }, silent: true })
  const sockets: Socket[] = []
  try {
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    const usage = async (): Promise<Usage> => {
      child.send('usage')
      const [message] = (await once(child, 'message')) as [Usage]
      return message
    }
    const open = async (): Promise<number> => {
      for (let i = 0; i < exchanges; i++) sockets.push(await request(port, path))
      const { heapBytes } = await until(
        async () => {
          const { open, heapBytes } = await usage()
          return open === sockets.length ? { heapBytes } : undefined
        },
        () => `${sockets.length} exchanges are open`,
      )
      return heapBytes
    }
    // The first ones fill caches and compile code.
    const before = await open()
    return ((await open()) - before) / exchanges
  } finally {
    for (const socket of sockets) socket.destroy()
    if (child.connected) child.disconnect()
    await once(child, 'exit')
  }
}

async function request(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`)
  return socket
}

async function measure(options: Options): Promise<Measurements> {
  const size = sizeFor<OpenSize>(options, { rounds: 5, exchanges: 2000 }, { rounds: 1, exchanges: 10 })
  const isMeasured = (variant: Variant) => variant === BARE || variant.name.startsWith(OURS.name)
  const variants = contestantsOf(options, options.variants.filter(isMeasured))
  const measurements: Measurements = {}
  for (const name of Object.keys(CASES).filter((name) => isSelected(options, name))) {
    const heapBytes = Object.fromEntries(variants.map((variant): [string, number[]] => [variant.name, []]))
    for (let round = 0; round < size.rounds; round++) {
      options.log(`${name}, round ${round + 1} of ${size.rounds}`)
      for (const variant of shuffle(variants)) {
        heapBytes[variant.name]?.push(await measureHeap(variant, `/${name}`, size.exchanges))
      }
    }
    measurements[name] = { heapBytes }
  }
  return measurements
}

export const OPEN: Scenario = {
  name: 'open',
  title: 'The memory of what is open',
  about: `The heap that each exchange of a server holds while it is open, the connection included, after garbage collection, with 4,000
of them at a time.`,
  measure,
  report(measurements) {
    const rows = Object.entries(measurements).flatMap(([name, { heapBytes = {} }]) =>
      Object.keys(heapBytes).map((variant) => [
        CASES[name] ?? name,
        variant,
        formatSummary(summarize(heapBytes[variant] ?? []), 0),
        variant === BARE.name ? '' : formatSummary(summarizeAdded(heapBytes, variant), 0),
      ]),
    )
    return formatTable(['what is open', 'variant', 'heap, bytes', 'added, bytes'], rows, 2)
  },
}
