/**
 * `pnpm test:suites <folder>` runs the files of another project's test suite without and with the preload, and reports the
 * files whose results differ because of it. It exits with 0 when there are none, with 1 when there are some, and with 2
 * when its arguments are not valid.
 */
import { globSync } from 'node:fs'
import { type Comparison, compareFiles } from './compare.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { report, totals } from './report.ts'

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

const comparisons: Comparison[] = []
await compareFiles(files, options, (comparison) => {
  comparisons.push(comparison)
  if (comparison.verdict !== 'same') console.error(`${comparison.verdict}: ${comparison.file}`)
  if (comparisons.length % 100 === 0) console.error(`${comparisons.length} of ${files.length}: ${totals(comparisons)}`)
})
console.log(report(comparisons))
process.exitCode = comparisons.some(({ verdict }) => verdict === 'ours') ? 1 : 0

function fail(message: string): never {
  console.error(`${message}\n\n${USAGE}`)
  process.exit(2)
}
