import { APP_NAMES, APPS, type AppName } from '../apps/index.ts'
import { summarizeAdded } from '../report/ratios.ts'
import { summarize } from '../report/statistics.ts'
import { formatSummary, formatTable } from '../report/table.ts'
import { measureSideBySide, type Rounds, type RunSize } from '../side-by-side.ts'
import { BARE, COMPARED, isAlways, type Variant, variantsFor } from '../variants/index.ts'
import { contestantsOf, isSelected, type Measurements, type Options, type Scenario, sizeFor } from './scenario.ts'

/**
 * A young generation so large that it is seldom full, in MiB. Buffers may still make V8 collect, so there are many short turns, of which
 * the middle one counts.
 */
const FLAGS: readonly string[] = ['--min-semi-space-size=512', '--max-semi-space-size=512']

/** After the warm-up, functions are compiled, and objects that do not leave them are not allocated any more. */
const CALLS: RunSize = { rounds: 3, flags: FLAGS, warmUp: 1500, turns: 25, requests: 20, connections: 4 }
const REQUESTS: RunSize = { ...CALLS, warmUp: 8000, requests: 100 }
const STREAMS: RunSize = { ...CALLS, warmUp: 10, turns: 15, requests: 1, connections: 1 }
const SIZES: Readonly<Record<AppName, RunSize>> = {
  hello: REQUESTS,
  express: REQUESTS,
  fastify: REQUESTS,
  mcp: CALLS,
  'llm-json': CALLS,
  'llm-stream': STREAMS,
  'llm-pass-through': { ...STREAMS, warmUp: 40 },
}

const SHORT: RunSize = { rounds: 1, flags: FLAGS, warmUp: 4, turns: 1, requests: 4, connections: 2 }

const isMeasured = (variant: Variant) => isAlways(variant) || COMPARED.includes(variant)

async function measure(options: Options): Promise<Measurements> {
  const measurements: Measurements = {}
  for (const name of APP_NAMES) {
    if (!isSelected(options, name)) continue
    const variants = variantsFor(name, options.variants).filter(isMeasured)
    const subjects = contestantsOf(
      options,
      variants.map((variant) => ({ name: variant.name, variant })),
    )
    const size = sizeFor(options, SIZES[name], SHORT)
    const { allocatedBytes } = await measureSideBySide(APPS[name], subjects, size, (round) =>
      options.log(`${name}, round ${round + 1} of ${size.rounds}`),
    )
    measurements[name] = { allocatedBytes }
  }
  return measurements
}

const kilobytes = (rounds: Rounds): Rounds =>
  Object.fromEntries(Object.entries(rounds).map(([name, values]) => [name, values.map((bytes) => bytes / 1000)]))

export const ALLOCATION: Scenario = {
  name: 'allocation',
  title: 'What a request allocates',
  about: `The bytes that a request allocates on JavaScript's heap, in a young generation so large that little is collected meanwhile. It is the
middle one of short turns.`,
  measure,
  report(measurements) {
    const rows = Object.entries(measurements).flatMap(([name, { allocatedBytes = {} }]) => {
      const allocated = kilobytes(allocatedBytes)
      return Object.keys(allocated).map((variant) => [
        APPS[name as AppName].title,
        variant,
        formatSummary(summarize(allocated[variant] ?? []), 1),
        variant === BARE.name ? '' : formatSummary(summarizeAdded(allocated, variant), 1),
      ])
    })
    return formatTable(['app', 'variant', 'allocated, kB', 'added, kB'], rows, 2)
  },
}
