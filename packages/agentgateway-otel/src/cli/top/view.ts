import { clock, number } from '@agentgateway-otel/exporter/reading'
import { alignCells, type Column, GAP, joinCells } from '../terminal/table.ts'
import { cut, wrap } from '../terminal/width.ts'
import type { Activity } from './activity.ts'
import { describeApp, describeOpen, describeScrape } from './header.ts'
import { ERRORS_COLUMN, type Section, sectionsOf } from './sections.ts'
import type { Snapshot } from './snapshot.ts'

/** What is to be shown. */
export interface State {
  readonly url: URL
  /** The latest snapshot; undefined until there is one. */
  readonly snapshot: Snapshot | undefined
  readonly activity: Activity | undefined
  /** Why the latest scrape failed. */
  readonly problem?: string | undefined
}

export interface ViewOptions {
  /** How many columns and lines there are. */
  readonly width: number
  readonly height: number
  readonly style: Style
}

/** Styles a text, or returns it as it is. */
type Style = (format: 'bold' | 'dim' | 'red', text: string) => string

/** How many rows a section has at most. */
const MAX_ROWS = 10

/** The widths of the columns after the name: those of their titles and usual numbers, so that they stay where they are. */
const CELL_WIDTHS = [7, 6, 7, 7, 8, 9] as const

/** The names have at least this much. On narrow terminals the last columns are left out. */
const NAME_WIDTH = 22

/** Returns the columns that fit. There is one for the rate, whatever the width. */
function columnsFor(width: number): readonly Column[] {
  let rest = width - NAME_WIDTH
  const cells = CELL_WIDTHS.filter((cellWidth, i) => {
    rest -= GAP.length + cellWidth
    return i === 0 || rest >= 0
  })
  return [{ isElastic: true }, ...cells.map((minWidth): Column => ({ align: 'right', minWidth }))]
}

/** Returns the lines of the view, none wider than the width, and not more than the height. */
export function viewLines(state: State, { width, height, style }: ViewOptions): readonly string[] {
  const head = headerLines(state, width, style)
  if (state.activity === undefined) return head.slice(0, height)
  const sections = sectionsOf(state.activity)
  return [...head, ...gridLines(sections, width, height - head.length, style)].slice(0, height)
}

function headerLines({ url, snapshot, activity, problem }: State, width: number, style: Style): readonly string[] {
  const lines = [style('bold', cut(describeApp(url, snapshot), width))]
  if (problem !== undefined) {
    const since = snapshot === undefined ? '' : `; the numbers are those of ${clock(snapshot.timeMs)}`
    for (const line of wrap(`${problem}; trying again${since}`, width)) lines.push(style('red', line))
  } else if (snapshot !== undefined && activity !== undefined) {
    lines.push(cut(describeScrape(snapshot, activity), width))
  }
  if (activity !== undefined) lines.push(cut(describeOpen(activity), width))
  return lines
}

/** A line of the grid before it is styled. */
interface GridRow {
  readonly cells: readonly string[]
  readonly isTitle: boolean
  readonly hasErrors: boolean
}

const EMPTY: GridRow = { cells: [], isTitle: false, hasErrors: false }

function gridLines(sections: readonly Section[], width: number, height: number, style: Style): readonly string[] {
  // Each section has an empty line before it, and one of titles.
  const limits = rowLimits(
    sections.map(({ rows }) => rows?.length ?? 0),
    height - 2 * sections.length,
  )
  const rows = sections.flatMap((section, i) => [EMPTY, ...sectionRows(section, limits[i] ?? 0)])
  const aligned = alignCells(
    columnsFor(width),
    rows.map(({ cells }) => cells),
    width,
  )
  return aligned.map((cells, i) => {
    const { isTitle, hasErrors } = rows[i] ?? EMPTY
    const line = cut(joinCells(cells), width)
    if (isTitle) return style('bold', line)
    // A line that is too narrow to have that cell whole is not styled.
    if (!hasErrors || line !== joinCells(cells)) return line
    return joinCells(cells.map((cell, column) => (column === ERRORS_COLUMN + 1 ? style('red', cell) : cell)))
  })
}

function sectionRows({ title, what, columns, rows, perSecond }: Section, limit: number): readonly GridRow[] {
  if (rows === undefined || rows.length === 0) {
    const cells = [`${title} ${what}: ${rows === undefined ? 'not measured' : 'none yet'}`]
    return [{ cells, isTitle: true, hasErrors: false }]
  }
  const rate = Number.isNaN(perSecond) ? '' : ` ${number(perSecond)}/s`
  const part = rows.length > limit ? `, ${limit} of ${rows.length}` : ''
  return [
    { cells: [`${title}${rate}${part}`, ...columns], isTitle: true, hasErrors: false },
    ...rows.slice(0, limit).map((row) => ({ ...row, isTitle: false })),
  ]
}

/** Returns how many rows each section gets of those that fit: the largest ones give way first. */
function rowLimits(counts: readonly number[], available: number): readonly number[] {
  const limits = counts.map((count) => Math.min(count, MAX_ROWS))
  for (let excess = limits.reduce((sum, limit) => sum + limit, 0) - available; excess > 0; excess--) {
    const largest = limits.indexOf(Math.max(...limits))
    if ((limits[largest] ?? 0) === 0) break
    limits[largest] = (limits[largest] ?? 0) - 1
  }
  return limits
}
