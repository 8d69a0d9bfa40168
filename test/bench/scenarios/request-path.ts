import { APP_NAMES, APPS, type AppName } from '../apps/index.ts'
import { formatCosts } from '../report/costs.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { measureSideBySide, type RunSize } from '../side-by-side.ts'
import { BARE, OURS, type Variant, variantsFor } from '../variants/index.ts'
import { isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/**
 * Sizes with which each app takes about as long as the others. The warm-ups are long, because the first thousands of
 * requests to a server cost more than later ones.
 */
const SIZES: Readonly<Record<AppName, RunSize>> = {
  hello: { rounds: 5, warmUp: 30_000, turns: 10, requests: 2000, connections: 32 },
  express: { rounds: 4, warmUp: 15_000, turns: 10, requests: 600, connections: 32 },
  fastify: { rounds: 4, warmUp: 20_000, turns: 10, requests: 1000, connections: 32 },
  mcp: { rounds: 3, warmUp: 10_000, turns: 10, requests: 200, connections: 16 },
  'llm-json': { rounds: 3, warmUp: 6000, turns: 10, requests: 150, connections: 16 },
  'llm-stream': { rounds: 4, warmUp: 24, turns: 4, requests: 8, connections: 4 },
  'llm-pass-through': { rounds: 5, warmUp: 200, turns: 10, requests: 12, connections: 4 },
}

const SHORT: RunSize = { rounds: 1, warmUp: 2, turns: 2, requests: 3, connections: 2 }

/** What a reader has to know about an app's table. */
const REMARKS: Readonly<Partial<Record<AppName, string>>> = {
  mcp: `Do not rely on the ratios of this table, which move by more than the variants differ: the variants are warmed up one after
the other, and those that wait longest afterwards lose what the warm-up gave them.`,
}

/** In the short form an alternative runs with one app only, since starting it takes most of the time. */
const firstAppOf = ({ apps = APP_NAMES }: Variant) => apps[0]

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const name of APP_NAMES) {
    if (!isSelected(options, name)) continue
    const variants = variantsFor(name, options.variants).filter(
      (variant) => !options.short || variant === BARE || variant === OURS || name === firstAppOf(variant),
    )
    const subjects = variants.map((variant) => ({ name: variant.name, variant }))
    const size = sizeFor(options, SIZES[name], SHORT)
    const { cpuMicroseconds, requestsPerSecond } = await measureSideBySide(APPS[name], subjects, size, (round) =>
      options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds, requestsPerSecond }
  }
  return measurements
}

export const REQUEST_PATH: Scenario = {
  name: 'request-path',
  title: 'A request',
  about: `CPU time of the server's process per request over keep-alive connections, and the throughput at the same time. For an LLM
call, a client sends one request to the app, which then calls a provider on the same machine. The fifth column divides what
ours adds by what the variant of the row adds: below 1.00, ours adds less.`,
  measure,
  report: (measurements) =>
    Object.entries(measurements)
      .map(([key, costs]) => {
        const name = key as AppName
        return [`### ${APPS[name].title}`, ...(REMARKS[name] ? [REMARKS[name]] : []), formatCosts(costs)].join('\n\n')
      })
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
