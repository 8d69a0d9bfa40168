import { APP_NAMES, APPS, type AppName } from '../apps/index.ts'
import { type RaceSize, race } from '../race.ts'
import { formatCosts } from '../report/costs.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { BARE, OURS, type Variant, variantsOf } from '../variants/index.ts'
import { isAsked, type Measurements, type Options, type Scenario, sizeOf } from './scenario.ts'

/** Sizes with which each app takes about as long. The warm-ups are long, because a server's first thousands of requests cost more. */
const SIZES: Readonly<Record<AppName, RaceSize>> = {
  hello: { rounds: 5, warmUp: 30_000, turns: 10, requests: 2000, connections: 32 },
  express: { rounds: 4, warmUp: 15_000, turns: 10, requests: 600, connections: 32 },
  fastify: { rounds: 4, warmUp: 20_000, turns: 10, requests: 1000, connections: 32 },
  mcp: { rounds: 3, warmUp: 10_000, turns: 10, requests: 200, connections: 16 },
  'llm-json': { rounds: 3, warmUp: 6000, turns: 10, requests: 150, connections: 16 },
  'llm-stream': { rounds: 4, warmUp: 24, turns: 4, requests: 8, connections: 4 },
  'llm-pass-through': { rounds: 5, warmUp: 200, turns: 10, requests: 12, connections: 4 },
}

const SHORT: RaceSize = { rounds: 1, warmUp: 2, turns: 2, requests: 3, connections: 2 }

/** In the short form the other variants run once, because most of the time goes into their starts. */
const firstAppOf = ({ apps = APP_NAMES }: Variant) => apps[0]

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const name of APP_NAMES) {
    if (!isAsked(options, name)) continue
    const variants = variantsOf(name, options.variants).filter(
      (variant) => !options.short || variant === BARE || variant === OURS || name === firstAppOf(variant),
    )
    const contestants = variants.map((variant) => ({ name: variant.name, variant }))
    const size = sizeOf(options, SIZES[name], SHORT)
    const { cpuMicroseconds, requestsPerSecond } = await race(APPS[name], contestants, size, (round) =>
      options.say(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds, requestsPerSecond }
  }
  return measurements
}

export const REQUEST_PATH: Scenario = {
  name: 'request-path',
  title: 'A request',
  about: `CPU of the server's process for one request over connections that are kept alive, and the throughput with it. An LLM
call is one request of a client, for which the app asks a provider on the same machine.`,
  measure,
  report: (measurements) =>
    Object.entries(measurements)
      .map(([name, result]) => `### ${APPS[name as AppName].title}\n\n${formatCosts(result)}`)
      .join('\n\n'),
  charts: (measurements) =>
    Object.fromEntries(
      Object.entries(measurements).map(([name, { cpuMicroseconds = {} }]) => [
        `request-path-${name}.svg`,
        {
          title: `${APPS[name as AppName].title}: CPU added to a request`,
          unit: 'µs',
          bars: Object.keys(cpuMicroseconds)
            .filter((variant) => variant !== BARE.name)
            .map((label) => ({ label, summary: summarizeAdded(cpuMicroseconds, label) })),
        },
      ]),
    ),
}
