import type { Comparison, Verdict } from './compare.ts'
import type { Outcome } from './run-file.ts'

/** How many lines of output are shown for a file whose results differ. */
const MAX_LINES = 12

const VERDICTS: readonly Verdict[] = ['same', 'fails anyway', 'any preload', 'flaky', 'ours']

/** Returns one line that says how many files have which verdict. */
export const totals = (comparisons: readonly Comparison[]): string =>
  VERDICTS.map(
    (verdict) => `${verdict}: ${comparisons.filter((comparison) => comparison.verdict === verdict).length}`,
  ).join(', ')

/**
 * Returns a table of the files whose results differ, then the output of each file whose results differ because of the
 * preload, and the totals.
 */
export function report(comparisons: readonly Comparison[]): string {
  const shown = comparisons
    .filter(({ verdict }) => verdict !== 'same' && verdict !== 'fails anyway')
    .sort((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) || a.file.localeCompare(b.file))
  const rows = shown.map(({ file, verdict, runs }) => [
    verdict,
    file,
    countResults(runs.plain),
    countResults(runs.empty),
    countResults(runs.preload),
  ])
  const table =
    rows.length === 0 ? [] : [...alignColumns([['verdict', 'file', 'plain', 'empty', 'preload'], ...rows]), '']
  const outputs = shown
    .filter(({ verdict }) => verdict === 'ours')
    .map(({ file, runs }) => [file, ...addedLines(runs.plain.at(-1), runs.preload.at(-1)), ''].join('\n    '))
  return [...table, ...outputs, totals(comparisons)].join('\n')
}

/** Returns the rows as lines with aligned columns. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  )
}

/** Returns the results with their numbers, for example `passed ×2, exit 1 ×2`. */
function countResults(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1)
  return [...counts].map(([result, times]) => `${result} ×${times}`).join(', ')
}

/** Returns the lines that only the second output has. Digits are ignored, because ports and times vary between runs. */
function addedLines(before: Outcome | undefined, after: Outcome | undefined): readonly string[] {
  const linesOf = (outcome: Outcome | undefined) => (outcome?.output ?? '').split('\n').map((line) => line.trimEnd())
  const withoutDigits = (line: string) => line.replace(/\d+/g, '0')
  const knownLines = new Set(linesOf(before).map(withoutDigits))
  const added = linesOf(after).filter((line) => line !== '' && !knownLines.has(withoutDigits(line)))
  return added.length > MAX_LINES ? [...added.slice(0, MAX_LINES), `… ${added.length - MAX_LINES} more lines`] : added
}
