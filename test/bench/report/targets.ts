import type { Rounds } from '../side-by-side.ts'
import { AUTO_INSTRUMENTATIONS, DD_TRACE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT } from '../variants/index.ts'
import { summarizeAdded, summarizeAddedRatio } from './ratios.ts'
import type { Results } from './results.ts'
import type { Summary } from './statistics.ts'
import { formatSummary, formatTable } from './table.ts'

/** A limit that the project has set for its costs. */
interface Target {
  readonly what: string
  readonly atMost: number
  readonly measured: Summary
  readonly unit: string
}

const startUpOf = ({ scenarios }: Results): Rounds => scenarios['start-up']?.process?.wallMs ?? {}
const helloOf = ({ scenarios }: Results): Rounds => scenarios['request-path']?.hello?.cpuMicroseconds ?? {}

function targetsOf(results: Results): readonly Target[] {
  const [hello, startUp] = [helloOf(results), startUpOf(results)]
  const cpu = (other: string, atMost: number): Target => ({
    what: `CPU added to a hello-world request, relative to what ${other} adds`,
    atMost,
    measured: summarizeAddedRatio(hello, other),
    unit: '',
  })
  const relativeStart = (other: string): Target => ({
    what: `time added to the start of a process, relative to what ${other} adds`,
    atMost: 1,
    measured: summarizeAddedRatio(startUp, other),
    unit: '',
  })
  return [
    cpu(PROM_CLIENT.name, 0.7),
    cpu(HTTP_INSTRUMENTATION.name, 1 / 6),
    {
      what: 'time added to the start of a process',
      atMost: 30,
      measured: summarizeAdded(startUp, OURS.name),
      unit: ' ms',
    },
    ...[PROM_CLIENT, HTTP_INSTRUMENTATION, AUTO_INSTRUMENTATIONS, DD_TRACE].map(({ name }) => relativeStart(name)),
  ]
}

export function formatTargets(results: Results): string {
  const rows = targetsOf(results).map(({ what, atMost, measured, unit }) => {
    const digits = unit === '' ? 2 : 0
    return [
      what,
      `${atMost.toFixed(digits)}${unit}`,
      `${formatSummary(measured, digits)}${unit}`,
      measured.median <= atMost ? 'met' : 'missed',
    ]
  })
  return formatTable(['target', 'at most', 'measured', ''], rows)
}
