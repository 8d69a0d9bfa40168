import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { REGISTER } from '../harness/app.ts'

export interface Options {
  /** The folder of the test suite, which is the working directory of each run. */
  readonly folder: string
  /** Globs of test files, relative to the folder. */
  readonly patterns: readonly string[]
  /** The command that runs a file; the file's name is appended. The program `node` means the Node.js under test. */
  readonly runner: readonly string[]
  /** The Node.js under test. */
  readonly node: string
  /** The preload under test: a CommonJS file (`.cjs`) is loaded by `--require`, any other by `--import`. */
  readonly preload: string
  /** Where the preload's flag is given. */
  readonly flagIn: 'NODE_OPTIONS' | 'argv'
  /** The metrics port. Default: a free one for each run, which all processes of that run share. */
  readonly port: string | undefined
  /** How many files run at the same time. */
  readonly concurrency: number
  /** How many more times a file whose results differ is run. */
  readonly repeats: number
  /** The time limit of one run. */
  readonly timeoutSeconds: number
}

/** Those of Node's own tests that need neither a network nor a build. */
const NODE_TESTS = 'test/{parallel,sequential,async-hooks}/test-*.{js,mjs}'

export const USAGE = `pnpm test:suites <folder> [pattern ...]
  pattern            a glob of test files in the folder (default: ${NODE_TESTS})
  --runner COMMAND   the command that runs a file: 'node --test', 'npx mocha', … (default: node)
  --node FILE        the Node.js under test (default: the workspace's)
  --preload FILE     the preload under test, loaded by --require if it is .cjs, else by --import (default: the built register.js)
  --flag-in PLACE    where the flag is given: NODE_OPTIONS or argv (default: NODE_OPTIONS, which child processes inherit)
  --port N           the metrics port (default: a free one for each run)
  --concurrency N    how many files run at the same time (default: 2)
  --repeats N        how many more times a file is run whose results differ (default: 3)
  --timeout SECONDS  the time limit of one run (default: 60)`

/** @throws Error that says which argument is not valid */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runner: { type: 'string', default: 'node' },
      node: { type: 'string', default: process.execPath },
      preload: { type: 'string', default: REGISTER },
      'flag-in': { type: 'string', default: 'NODE_OPTIONS' },
      port: { type: 'string' },
      concurrency: { type: 'string', default: '2' },
      repeats: { type: 'string', default: '3' },
      timeout: { type: 'string', default: '60' },
    },
  })
  const [folder, ...patterns] = positionals
  if (folder === undefined) throw new Error('the folder of the test suite is missing')
  const flagIn = values['flag-in']
  if (flagIn !== 'NODE_OPTIONS' && flagIn !== 'argv')
    throw new Error(`--flag-in=${flagIn} is neither NODE_OPTIONS nor argv`)
  return {
    folder: resolve(folder),
    patterns: patterns.length > 0 ? patterns : [NODE_TESTS],
    runner: values.runner.split(' ').filter((word) => word !== ''),
    // These paths are made absolute, because the runs have another working directory.
    node: resolve(values.node),
    preload: resolve(values.preload),
    flagIn,
    port: values.port,
    concurrency: parseCount('concurrency', values.concurrency),
    repeats: parseCount('repeats', values.repeats),
    timeoutSeconds: parseCount('timeout', values.timeout),
  }
}

function parseCount(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}=${text} is not a whole number above 0`)
  return value
}
