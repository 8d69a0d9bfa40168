import { summarizeToBetterClient } from '../scenarios/scrape.ts'
import { OURS as OUR_SCRAPE } from '../scrape/cases.ts'
import type { Rounds } from '../side-by-side.ts'
import { AUTO_INSTRUMENTATIONS, DD_TRACE, HTTP_INSTRUMENTATION, OURS, PROM_CLIENT } from '../variants/index.ts'
import { summarizeAdded, summarizeAddedRatio, summarizeRatio } from './ratios.ts'
import type { Results } from './results.ts'
import { type Summary, summarize } from './statistics.ts'
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
    ...scrapeTargetsOf(results),
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
