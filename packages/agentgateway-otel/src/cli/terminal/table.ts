import { cut, widthOf } from './width.ts'

export interface Column {
  /** Default: `left`. */
  readonly align?: 'left' | 'right'
  /** Whether its texts are cut where the lines are too wide. Default: false. */
  readonly isElastic?: boolean
  /** Default: 0. */
  readonly minWidth?: number
}

/** An elastic column is not made narrower. */
const MIN_ELASTIC = 8

/** What is between two cells. */
export const GAP = '  '

/**
 * Pads the cells of rows to the widths of their columns, so that the rows are aligned. The cells may be styled after that,
 * and `joinCells` makes lines of them.
 *
 * @param maxWidth how wide a line may be. Elastic columns are cut to fit, the widest first.
 */
export function alignCells(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  maxWidth = Number.POSITIVE_INFINITY,
): readonly (readonly string[])[] {
  const widths = columns.map(({ minWidth = 0 }, i) => Math.max(minWidth, ...rows.map((row) => widthOf(row[i] ?? ''))))
  shrink(widths, columns, maxWidth - GAP.length * (columns.length - 1))
  return rows.map((row) => columns.map((column, i) => pad(cut(row[i] ?? '', widths[i] ?? 0), widths[i] ?? 0, column)))
}

export const joinCells = (cells: readonly string[]): string => cells.join(GAP).trimEnd()

function shrink(widths: number[], columns: readonly Column[], maxWidth: number): void {
  const elastic = columns.flatMap(({ isElastic = false }, i) => (isElastic ? [i] : []))
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - maxWidth; excess > 0; excess--) {
    const widest = elastic.reduce((a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a), elastic[0] ?? -1)
    const width = widths[widest]
    if (width === undefined || width <= MIN_ELASTIC) return
    widths[widest] = width - 1
  }
}

function pad(text: string, width: number, { align = 'left' }: Column): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return align === 'left' ? text + space : space + text
}
