/**
 * What agentgateway-otel costs, beside its alternatives, measured in one run: CPU and throughput of a hello-world
 * server, and the time that a process takes to start. Compare the ratios: times are this machine's, at this moment.
 *
 *     pnpm bench            some minutes
 *     pnpm bench --short    some seconds, to see that it works: too little to mean anything
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { formatRequestPath, measureRequestPath } from './request-path.ts'
import { formatStartUp, measureStartUp } from './start-up.ts'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const size = values.short
  ? { rounds: 2, warmUp: 200, turns: 2, requests: 500, connections: 8, startUps: 1 }
  : { rounds: 9, warmUp: 20_000, turns: 20, requests: 2000, connections: 32, startUps: 25 }

const say = (text: string) => process.stderr.write(`${text}\n`)

const requestPath = await measureRequestPath(size, (round) => say(`requests, round ${round + 1} of ${size.rounds}`))
say(`start-up, ${size.startUps} rounds`)
const startUp = await measureStartUp(size.startUps)

const { length: cores, 0: cpu } = cpus()
console.log(`
Node.js ${process.version}, ${cores} × ${cpu?.model ?? 'unknown CPU'}
${size.rounds} rounds of ${size.turns} × ${size.requests} requests over ${size.connections} connections; ${size.startUps} starts.
Medians, with the middle half of the rounds in parentheses; ratios are taken within each round.
Each variant counted every request.

${formatRequestPath(requestPath)}

${formatStartUp(startUp)}`)
