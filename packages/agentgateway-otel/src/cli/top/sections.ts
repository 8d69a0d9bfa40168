import { number, percent, seconds } from '@agentgateway-otel/exporter/reading'
import { printable } from '../../printable.ts'
import type { Activity } from './activity.ts'

/** A part of the view: a title, and a row of cells for each group. The first cell is the group's name. */
export interface Section {
  readonly title: string
  /** What it counts, as the title of an empty section says it. */
  readonly what: string
  /** The titles of the other cells. */
  readonly columns: readonly string[]
  /** Undefined where the app does not make the metric. */
  readonly rows: readonly SectionRow[] | undefined
  /** The requests of all rows per second; NaN where it is not known. */
  readonly perSecond: number
}

interface SectionRow {
  readonly cells: readonly string[]
  readonly hasErrors: boolean
}

/** In which column the share of errors is, after the name. */
export const ERRORS_COLUMN = 1

/** The columns are those of one grid, so what several sections have is in the same place. */
export function sectionsOf({ http, llm, mcp, highestSeconds }: Activity): readonly Section[] {
  return [
    section('HTTP', 'requests', ['req/s', 'errors', 'p50', 'p95'], http, ({ route, p50Seconds, p95Seconds }) => ({
      name: [route],
      cells: [p50Seconds, p95Seconds].map((value) => percentile(value, highestSeconds.http)),
    })),
    section('LLM', 'calls', ['calls/s', 'errors', '', 'p95', 'in tok/s', 'out tok/s'], llm, (row) => ({
      name: [row.system, row.model],
      cells: [
        '',
        percentile(row.p95Seconds, highestSeconds.llm),
        number(row.inputTokensPerSecond),
        number(row.outputTokensPerSecond),
      ],
    })),
    section('MCP', 'requests', ['req/s', 'errors', 'role'], mcp, ({ server, resource, method, role }) => ({
      name: [server, resource === '' ? method : resource],
      cells: [role],
    })),
  ]
}

/** Of a percentile in the last bucket, only the lower bound is known. */
const percentile = (value: number, highest: number) => (value === highest ? `>${seconds(value)}` : seconds(value))

interface Group {
  readonly perSecond: number
  readonly errorShare: number
}

function section<Row extends Group>(
  title: string,
  what: string,
  columns: readonly string[],
  rows: readonly Row[] | undefined,
  describe: (row: Row) => { readonly name: readonly string[]; readonly cells: readonly string[] },
): Section {
  return {
    title,
    what,
    columns,
    perSecond: (rows ?? []).reduce((sum, { perSecond }) => sum + perSecond, 0),
    rows: rows?.map((row) => {
      const { name, cells } = describe(row)
      const { perSecond, errorShare } = row
      return {
        // The values of labels come from the app's clients and servers.
        cells: [name.join(' '), number(perSecond), percent(errorShare), ...cells].map(printable),
        hasErrors: errorShare > 0,
      }
    }),
  }
}
