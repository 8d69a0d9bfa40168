import type { Judgement, Verdict } from './judge.ts'
import type { Outcome } from './run-file.ts'

/** The lines of output that are shown for each file that differs. */
const MAX_LINES = 12

const VERDICTS: readonly Verdict[] = ['same', 'fails anyway', 'any preload', 'flaky', 'ours']

/** The number of files for each verdict, in one line. */
export const totals = (judgements: readonly Judgement[]): string =>
  VERDICTS.map(
    (verdict) => `${verdict}: ${judgements.filter((judgement) => judgement.verdict === verdict).length}`,
  ).join(', ')

/** A table of the files whose results differ, and the output of those that differ because of the preload. */
export function report(judgements: readonly Judgement[]): string {
  const shown = judgements
    .filter(({ verdict }) => verdict !== 'same' && verdict !== 'fails anyway')
    .sort((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) || a.file.localeCompare(b.file))
  const rows = shown.map(({ file, verdict, runs }) => [
    verdict,
    file,
    results(runs.plain),
    results(runs.empty),
    results(runs.preload),
  ])
  const table = rows.length === 0 ? [] : [...aligned([['verdict', 'file', 'plain', 'empty', 'preload'], ...rows]), '']
  const outputs = shown
    .filter(({ verdict }) => verdict === 'ours')
    .map(({ file, runs }) => [file, ...addedLines(runs.plain.at(-1), runs.preload.at(-1)), ''].join('\n    '))
  return [...table, ...outputs, totals(judgements)].join('\n')
}

/** The rows of a table as aligned lines. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(' | ')
      .trimEnd(),
  )
}

/** `passed ×4`, or `passed ×2, exit 1 ×2`. */
function results(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>()
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1)
  return [...counts].map(([result, times]) => `${result} ×${times}`).join(', ')
}

/** The lines that are only in the second output. Numbers, such as ports and times, are not compared. */
function addedLines(before: Outcome | undefined, after: Outcome | undefined): readonly string[] {
  const linesOf = (outcome: Outcome | undefined) => (outcome?.output ?? '').split('\n').map((line) => line.trimEnd())
  const comparable = (line: string) => line.replace(/\d+/g, '0')
  const known = new Set(linesOf(before).map(comparable))
  const added = linesOf(after).filter((line) => line !== '' && !known.has(comparable(line)))
  return added.length > MAX_LINES ? [...added.slice(0, MAX_LINES), `… ${added.length - MAX_LINES} more lines`] : added
}
