import { styleText } from 'node:util'
import { printable, printableLines } from '../../printable.ts'
import { VERSION } from '../../version.ts'
import { wrap } from '../terminal/width.ts'
import type { Examination, Examined } from './examine.ts'
import type { Level } from './finding.ts'

const REPOSITORY = 'https://github.com/agentgateway-otel/agentgateway-otel/blob/main'

const linkOf = ({ finding }: Examined) => `${REPOSITORY}/${finding.section}`

/** The levels in the order of the report, which begins with what has to be done. */
const LEVELS: readonly Level[] = ['problem', 'unseen', 'hint', 'well']

const STYLES = {
  problem: ['red', 'bold'],
  unseen: ['yellow', 'bold'],
  hint: ['yellow'],
  well: ['green'],
} as const satisfies Record<Level, readonly string[]>

/** The column at which texts begin. */
const INDENT = 9

/** The texts are not made narrower. */
const MIN_WIDTH = 20

/**
 * Returns the report for people. Colours are for a terminal only, which `styleText` finds out.
 *
 * @param width the width of the terminal, to break lines at; undefined where there is none
 */
export function textReport({ results }: Examination, width: number | undefined): string {
  const blocks = LEVELS.map((level) => results.filter((result) => result.level === level)).map((some) =>
    some.map((result) => describe(result, width)).join(some[0]?.level === 'well' ? '' : '\n'),
  )
  return [...blocks.filter((block) => block !== ''), `${summary(results)}\n`].join('\n')
}

function describe(result: Examined, width: number | undefined): string {
  const { level, what, advice, finding } = result
  const label = styleText([...STYLES[level]], level.padEnd(INDENT), { stream: process.stdout })
  const broken = (text: string) => (width === undefined ? [text] : wrap(text, Math.max(width - INDENT, MIN_WIDTH)))
  const texts = advice === undefined ? [what] : [what, advice]
  const lines = texts.flatMap((text) => broken(printable(text)))
  // A link is never broken, because a terminal would not know it as one.
  const all = level === 'well' ? lines : [finding.code, ...lines, linkOf(result)]
  return `${label}${all.join(`\n${' '.repeat(INDENT)}`)}\n`
}

/** The names of the levels for one and for several results. */
const COUNTED: Readonly<Record<Level, readonly [string, string]>> = {
  problem: ['problem', 'problems'],
  unseen: ['thing that could not be seen', 'things that could not be seen'],
  hint: ['hint', 'hints'],
  well: ['check is well', 'checks are well'],
}

function summary(results: readonly Examined[]): string {
  return LEVELS.flatMap((level) => {
    const count = results.filter((result) => result.level === level).length
    return count === 0 && level !== 'problem' ? [] : `${count} ${COUNTED[level][count === 1 ? 0 : 1]}`
  }).join(', ')
}

/** Returns the report for programs. */
export function jsonReport({ results, exitCode }: Examination): string {
  const report = {
    version: VERSION,
    exitCode,
    results: results.map((result) => ({
      code: result.finding.code,
      level: result.level,
      what: result.what,
      advice: result.advice,
      link: linkOf(result),
    })),
  }
  // JSON escapes only some of the characters that affect a terminal, and has the same way to write the others.
  return `${printableLines(JSON.stringify(report, undefined, 2))}\n`
}
