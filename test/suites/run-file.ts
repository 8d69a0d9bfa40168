import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { EMPTY, EMPTY_CJS } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import type { Options } from './options.ts'

/** How a file is run: without any preload, with an empty module as the preload, or with the preload itself. */
export type Mode = 'plain' | 'empty' | 'preload'

export interface Outcome {
  readonly passed: boolean
  /** `passed`, `exit 1`, `SIGABRT` or `timed out`. */
  readonly result: string
  /** The end of what the file wrote to stdout and stderr. */
  readonly output: string
}

/** How much of the output of a run is kept, in bytes. */
const MAX_OUTPUT_BYTES = 256 * 1024

/**
 * Runs one test file once, in a process group of its own, and ends the whole group afterwards.
 *
 * @param slot a number that no other file has at the same time; Node's own tests derive temporary folders and ports from it
 */
export async function runFile(file: string, mode: Mode, slot: number, options: Options): Promise<Outcome> {
  const { command, args, env } = await invocation(file, mode, slot, options)
  // The output goes to a file, as with Node's own runner: some tests count pipes as resources, and a pipe may outlive the
  // process.
  const directory = await mkdtemp(join(tmpdir(), 'suites-'))
  const output = await open(join(directory, 'output'), 'w+')
  try {
    const child = spawn(command, args, {
      cwd: options.folder,
      env,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    })
    let isTimedOut = false
    const timer = setTimeout(() => {
      isTimedOut = true
      killGroup(child.pid)
    }, options.timeoutSeconds * 1000)
    const [code, signal] = (await once(child, 'exit').finally(() => {
      clearTimeout(timer)
      killGroup(child.pid)
    })) as [number | null, NodeJS.Signals | null]
    const result = isTimedOut ? 'timed out' : (signal ?? (code === 0 ? 'passed' : `exit ${code}`))
    return { passed: result === 'passed', result, output: await endOf(output) }
  } finally {
    await output.close()
    await rm(directory, { recursive: true })
  }
}

/** Returns the last `MAX_OUTPUT_BYTES` of a file. */
async function endOf(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const position = Math.max(0, size - MAX_OUTPUT_BYTES)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - position), { position })
  return buffer.toString('utf8', 0, bytesRead)
}

/** Returns the command, the arguments and the environment of a run. */
async function invocation(file: string, mode: Mode, slot: number, options: Options) {
  const [program = 'node', ...runnerArgs] = options.runner
  const isNode = program === 'node'
  const isDirect = isNode && runnerArgs.length === 0
  const declared = isDirect ? declarationsIn(join(options.folder, file)) : { flags: [], env: {} }
  const flags = mode === 'plain' ? [] : [loadFlag(mode, options)]
  const isInArgv = options.flagIn === 'argv'
  const ownEnv = childEnv()
  return {
    command: isNode ? options.node : program,
    args: [...(isInArgv && isNode ? flags : []), ...declared.flags, ...runnerArgs, file],
    env: {
      ...ownEnv,
      // A runner may be a script, whose first line must find the Node.js under test.
      PATH: `${dirname(options.node)}${delimiter}${ownEnv.PATH ?? ''}`,
      OTEL_LOG_LEVEL: 'none',
      OTEL_EXPORTER_PROMETHEUS_PORT: options.port ?? String(await freePort()),
      // Node's own tests derive the names of temporary folders, and the port of tests that need a fixed one, from these.
      TEST_THREAD_ID: String(slot),
      NODE_COMMON_PORT: String(12_346 + slot),
      ...declared.env,
      ...(isInArgv || flags.length === 0 ? {} : { NODE_OPTIONS: flags.map((flag) => JSON.stringify(flag)).join(' ') }),
    },
  }
}

/**
 * Returns the flag that loads a module: `--require` for a preload that is CommonJS, since `--import` changes how Node.js
 * loads CommonJS apps, and `--import` for any other.
 */
function loadFlag(mode: 'empty' | 'preload', { preload }: Options): string {
  const isCommonJs = preload.endsWith('.cjs')
  const file = mode === 'preload' ? preload : isCommonJs ? EMPTY_CJS : EMPTY
  return isCommonJs ? `--require=${file}` : `--import=${pathToFileURL(file)}`
}

/** Returns the flags and variables that Node's own tests declare: `// Flags: --expose-gc` and `// Env: NAME=value`. */
function declarationsIn(path: string): { flags: readonly string[]; env: Readonly<Record<string, string>> } {
  const source = readFileSync(path, 'utf8')
  const words = (pattern: RegExp) => pattern.exec(source)?.[1]?.split(/\s+/).filter(Boolean) ?? []
  const env = words(/^\/\/ Env:(.*)$/m).map((word) => word.split('=', 2) as [string, string])
  return { flags: words(/^\/\/ Flags:(\s+--.*)$/m), env: Object.fromEntries(env) }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
