import { APPS, type AppName } from '../apps/index.ts'
import { mebibytes } from '../scenarios/memory.ts'
import { summarizeToBetterClient } from '../scenarios/scrape.ts'
import { OURS as OUR_SCRAPE } from '../scrape/cases.ts'
import {
  AUTO_INSTRUMENTATIONS,
  DD_TRACE,
  EMPTY_PRELOAD,
  FLOOR,
  HTTP_INSTRUMENTATION,
  OURS,
  PROM_CLIENT,
  type Variant,
} from '../variants/index.ts'
import { summarizeAdded, summarizeAddedRatio, summarizeRatio } from './ratios.ts'
import type { Results } from './results.ts'
import { type Summary, summarize } from './statistics.ts'
import { formatSummary, formatTable } from './table.ts'

/** A limit that the project has set for its costs. */
interface Target {
  readonly what: string
  readonly atMost: number
  readonly measured: Summary
  /** The same of the floor, where there is one. */
  readonly floor?: Summary
  readonly unit: string
}

const LARGEST = '92000-text'

/** The targets of a scrape, once it has been measured. */
function scrapeTargetsOf({ scenarios: { scrape = {} } }: Results): readonly Target[] {
  const { worstSliceMs = {}, usedBytes = {}, textBytes = {} } = scrape[LARGEST] ?? {}
  const ratio = (name: string, lines: string): Target => ({
    what: `CPU of a scrape of ${lines} lines, relative to the better of prom-client and @prometheus-io/client`,
    atMost: 0.5,
    measured: summarizeToBetterClient(scrape[name] ?? {}),
    unit: '',
  })
  if (!(LARGEST in scrape)) return []
  return [
    ratio('9000-text', '9,000'),
    ratio(LARGEST, '92,000'),
    {
      what: 'longest slice of a scrape of 92,000 lines',
      atMost: 5,
      measured: summarize(worstSliceMs[OUR_SCRAPE] ?? []),
      unit: ' ms',
    },
    {
      what: 'memory that a scrape of 92,000 lines needs at most, relative to the length of its text',
      atMost: 1,
      measured: summarizeRatio(
        { used: usedBytes[OUR_SCRAPE] ?? [], text: textBytes[OUR_SCRAPE] ?? [] },
        'used',
        'text',
      ),
      unit: '',
    },
  ]
}

/** A limit of the CPU time of a request to an app, relative to the app alone. */
const toBare = ({ scenarios }: Results, app: AppName, atMost: number): Target => {
  const cpu = scenarios['request-path']?.[app]?.cpuMicroseconds ?? {}
  return {
    what: `CPU of a request, ${APPS[app].title}, relative to bare`,
    atMost,
    measured: summarizeRatio(cpu, OURS.name),
    floor: summarizeRatio(cpu, FLOOR.name),
    unit: '',
  }
}

/** A limit of the CPU time that is added to a request to an app, relative to what a variant adds. */
const toVariant = ({ scenarios }: Results, app: AppName, { name }: Variant, atMost: number): Target => {
  const cpu = scenarios['request-path']?.[app]?.cpuMicroseconds ?? {}
  return {
    what: `CPU added to a request, ${APPS[app].title}, relative to what ${name} adds`,
    atMost,
    measured: summarizeAddedRatio(cpu, name),
    floor: summarizeAddedRatio(cpu, name, FLOOR.name),
    unit: '',
  }
}

function startTargetsOf({ scenarios }: Results): readonly Target[] {
  const { wallMs = {} } = scenarios['start-up']?.process ?? {}
  const { startBytes = {} } = scenarios.memory?.hello ?? {}
  const relative = ({ name }: Variant): Target => ({
    what: `time added to the start of a process, relative to what ${name} adds`,
    atMost: 1,
    measured: summarizeAddedRatio(wallMs, name),
    unit: '',
  })
  return [
    {
      what: 'time added to the start of a process',
      atMost: 20,
      measured: summarizeAdded(wallMs, OURS.name),
      floor: summarizeAdded(wallMs, EMPTY_PRELOAD.name),
      unit: ' ms',
    },
    ...[PROM_CLIENT, HTTP_INSTRUMENTATION, AUTO_INSTRUMENTATIONS, DD_TRACE].map(relative),
    {
      what: 'resident memory added to a server that has just started',
      atMost: 4,
      measured: summarizeAdded(mebibytes(startBytes), OURS.name),
      floor: summarizeAdded(mebibytes(startBytes), EMPTY_PRELOAD.name),
      unit: ' MiB',
    },
  ]
}

function firstRequestsTarget({ scenarios }: Results): Target {
  const [first = {}] = Object.values(scenarios['warm-up'] ?? {})
  return {
    what: `CPU added to the first 1,000 requests, relative to what ${PROM_CLIENT.name} adds`,
    atMost: 1,
    measured: summarizeAddedRatio(first.cpuMicroseconds ?? {}, PROM_CLIENT.name),
    unit: '',
  }
}

const targetsOf = (results: Results): readonly Target[] => [
  toVariant(results, 'hello', PROM_CLIENT, 0.4),
  toVariant(results, 'express', PROM_CLIENT, 0.5),
  toVariant(results, 'fastify', PROM_CLIENT, 0.5),
  toVariant(results, 'hello', HTTP_INSTRUMENTATION, 1 / 6),
  toBare(results, 'mcp', 1.1),
  toBare(results, 'llm-json', 1.1),
  toBare(results, 'llm-stream', 1.05),
  toBare(results, 'llm-pass-through', 1.05),
  firstRequestsTarget(results),
  ...startTargetsOf(results),
  ...scrapeTargetsOf(results),
]

/** How much more than the floor a cost may be where the floor itself is above the target. */
const FLOOR_FACTOR = 1.3

function isMet({ atMost, measured, floor }: Target): boolean {
  const limit = floor !== undefined && floor.median > atMost ? FLOOR_FACTOR * floor.median : atMost
  return measured.median <= limit
}

export function formatTargets(results: Results): string {
  // A case whose A/A test has failed has no results.
  const measured = targetsOf(results).filter((target) => !Number.isNaN(target.measured.median))
  const rows = measured.map((target) => {
    const { what, atMost, measured, floor, unit } = target
    const digits = unit === '' ? 2 : 1
    return [
      what,
      `${atMost.toFixed(digits)}${unit}`,
      floor === undefined || Number.isNaN(floor.median) ? '' : formatSummary(floor, digits),
      `${formatSummary(measured, digits)}${unit}`,
      isMet(target) ? 'met' : 'missed',
    ]
  })
  return formatTable(['target', 'at most', 'floor', 'measured', ''], rows)
}
