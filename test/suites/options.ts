import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { REGISTER } from '../harness/app.ts'

export interface Options {
  /** The checked-out suite: where its files are looked for, and the working directory of each run. */
  readonly folder: string
  /** Globs of test files, relative to the folder. */
  readonly patterns: readonly string[]
  /** The command that runs a file, which is added to it. `node` in it is the Node.js under test. */
  readonly runner: readonly string[]
  /** The Node.js under test. */
  readonly node: string
  /** The preload that is judged: a CommonJS file (`.cjs`) is loaded by `--require`, any other by `--import`. */
  readonly preload: string
  readonly flagIn: 'NODE_OPTIONS' | 'argv'
  /** The port of the metrics; undefined takes a free one for each run, so that the processes of a test share an endpoint. */
  readonly port: string | undefined
  /** How many files run at the same time. */
  readonly concurrency: number
  /** How often a file whose results differ is run again. */
  readonly repeats: number
  readonly timeoutSeconds: number
}

/** The folders of Node's own tests that need neither a network nor a build. */
const NODES_OWN = 'test/{parallel,sequential,async-hooks}/test-*.{js,mjs}'

export const USAGE = `pnpm test:suites <folder> [pattern ...]
  pattern            glob of test files in the folder (default: ${NODES_OWN})
  --runner COMMAND   what runs a file: 'node --test', 'npx mocha', … (default: node)
  --node FILE        the Node.js under test (default: the workspace's)
  --preload FILE     the module that is judged, by --require if it is .cjs, else by --import (default: the built register.js)
  --flag-in PLACE    NODE_OPTIONS or argv (default: NODE_OPTIONS, which reaches child processes too)
  --port N           the port of the metrics (default: a free one for each run)
  --concurrency N    files at the same time (default: 2)
  --repeats N        how often a difference is run again (default: 3)
  --timeout SECONDS  of one run (default: 60)`

/** @throws Error that says which argument cannot be used. */
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
  if (folder === undefined) throw new Error('the folder of the suite is missing')
  const flagIn = values['flag-in']
  if (flagIn !== 'NODE_OPTIONS' && flagIn !== 'argv')
    throw new Error(`--flag-in=${flagIn} is neither NODE_OPTIONS nor argv`)
  return {
    folder: resolve(folder),
    patterns: patterns.length > 0 ? patterns : [NODES_OWN],
    runner: values.runner.split(' ').filter((word) => word !== ''),
    // Files run in the folder, so that nothing may be relative to where the command was given.
    node: resolve(values.node),
    preload: resolve(values.preload),
    flagIn,
    port: values.port,
    concurrency: count('concurrency', values.concurrency),
    repeats: count('repeats', values.repeats),
    timeoutSeconds: count('timeout', values.timeout),
  }
}

function count(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}=${text} is no whole number above 0`)
  return value
}
