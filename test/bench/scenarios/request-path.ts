import { APP_NAMES, APPS, type AppName } from '../apps/index.ts'
import { formatCosts } from '../report/costs.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { measureSideBySide, type RunSize, STEADY_FLAGS } from '../side-by-side.ts'
import {
  AGENTS,
  BARE,
  COMPARED,
  FLOOR,
  FLOORS,
  isAlways,
  LIBRARIES,
  type Variant,
  variantsFor,
} from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/**
 * The warm-ups are long, because the first thousands of requests to a server cost more than later ones. The turns are many
 * and short, because the machine's speed changes from second to second.
 */
const SIZES: Readonly<Record<AppName, RunSize>> = {
  hello: { rounds: 5, warmUp: 30_000, turns: 80, requests: 500, connections: 32 },
  express: { rounds: 5, processes: 2, warmUp: 16_000, turns: 80, requests: 250, connections: 32 },
  fastify: { rounds: 5, processes: 2, warmUp: 20_000, turns: 80, requests: 250, connections: 32 },
  mcp: { rounds: 5, processes: 3, warmUp: 14_000, turns: 40, requests: 250, connections: 16 },
  'llm-json': { rounds: 5, processes: 2, warmUp: 8000, turns: 80, requests: 120, connections: 16 },
  'llm-stream': { rounds: 5, warmUp: 40, turns: 12, requests: 4, connections: 4 },
  'llm-pass-through': { rounds: 5, processes: 2, warmUp: 300, turns: 24, requests: 10, connections: 4 },
}

const SHORT: RunSize = { rounds: 1, warmUp: 2, turns: 2, requests: 3, connections: 2 }

/** In the short form an alternative runs with one app only, since starting it takes most of the time. */
const firstAppOf = ({ apps = APP_NAMES }: Variant) => apps[0]

/**
 * The variants run in heats, each beside the app alone and ours. All in one race would be fourteen processes, so many that each is
 * cold when its turn comes: identical MCP servers then differed by up to 15 %, and ours cost more than among five.
 */
interface Heat {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly variants: readonly Variant[]
}

/** Returns the variants of a heat that run with an app; none where there is nothing to compare with ours. */
function contestantsFor({ variants }: Heat, app: AppName, options: Options): readonly Variant[] {
  const contestants = variantsFor(app, options.variants).filter(
    (variant) => isAlways(variant) || (variants.includes(variant) && (!options.short || app === firstAppOf(variant))),
  )
  return variants !== COMPARED_HEAT.variants && contestants.every(isAlways) ? [] : contestants
}

async function measure(heat: Heat, options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const name of APP_NAMES) {
    const variants = isSelected(options, name) ? contestantsFor(heat, name, options) : []
    if (variants.length === 0) continue
    const subjects = contestantsOf(
      options,
      variants.map((variant) => ({ name: variant.name, variant })),
    )
    const size = sizeFor(options, { ...SIZES[name], flags: STEADY_FLAGS }, SHORT)
    const { cpuMicroseconds, requestsPerSecond } = await measureSideBySide(APPS[name], subjects, size, (round) =>
      options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { cpuMicroseconds, requestsPerSecond }
  }
  return measurements
}

const createScenario = (heat: Heat): Scenario => ({
  name: heat.name,
  title: heat.title,
  about: heat.about,
  compared: ['cpuMicroseconds'],
  measure: (options) => measure(heat, options),
  report: (measurements) =>
    Object.entries(measurements)
      .map(([name, costs]) => `### ${APPS[name as AppName].title}\n\n${formatCosts(costs)}`)
      .join('\n\n'),
})

const COMPARED_HEAT: Heat = {
  name: 'request-path',
  title: 'A request',
  about: `CPU time of the server's process per request over keep-alive connections, and the throughput at the same time. For an LLM
call, a client sends one request to the app, which then calls a provider on the same machine. The fifth column divides what
ours adds by what the variant of the row adds: below 1.00, ours adds less.`,
  variants: [...COMPARED, FLOOR],
}

export const REQUEST_PATH: Scenario = {
  ...createScenario(COMPARED_HEAT),
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

/** The other heats, whose numbers have the same meaning. */
export const OTHER_HEATS: readonly Scenario[] = [
  {
    name: 'libraries',
    title: 'A request, beside other libraries',
    about:
      'The same race with other libraries of metrics, and with our instrumentations over the SDK of OpenTelemetry.',
    variants: LIBRARIES,
  },
  {
    name: 'agents',
    title: 'A request, beside agents',
    about: 'The same race with what instruments a whole app, most of it for traces.',
    variants: AGENTS,
  },
  {
    name: 'floors',
    title: 'A request, beside the floors',
    about: 'The same race with observers that observe nothing, each by itself.',
    variants: FLOORS,
  },
].map(createScenario)

/** All heats: each variant is in one of them. */
export const HEATS: readonly Scenario[] = [REQUEST_PATH, ...OTHER_HEATS]
