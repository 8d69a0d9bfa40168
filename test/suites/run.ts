import { globSync } from 'node:fs'
import { type Judgement, judgeAll } from './judge.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { report, totals } from './report.ts'

/**
 * Runs the test files of another project's suite without and with the preload, and reports which results differ because
 * of it: `pnpm test:suites <folder>`. Exits with 0 when none does, with 1 when some do, and with 2 when it could not run.
 */
let options: Options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  fail((error as Error).message)
}

const files = globSync([...options.patterns], {
  cwd: options.folder,
  exclude: (name) => name === 'node_modules' || name === '.git',
}).sort()
if (files.length === 0) fail(`no file in ${options.folder} matches ${options.patterns.join(' ')}`)

const judgements: Judgement[] = []
await judgeAll(files, options, (judgement) => {
  judgements.push(judgement)
  if (judgement.verdict !== 'same') console.error(`${judgement.verdict}: ${judgement.file}`)
  if (judgements.length % 100 === 0) console.error(`${judgements.length} of ${files.length}: ${totals(judgements)}`)
})
console.log(report(judgements))
process.exitCode = judgements.some(({ verdict }) => verdict === 'ours') ? 1 : 0

function fail(message: string): never {
  console.error(`${message}\n\n${USAGE}`)
  process.exit(2)
}
