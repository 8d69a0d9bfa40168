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

/** How a file is run: as it is, with an empty module loaded before it, or with the preload. */
export type Way = 'plain' | 'empty' | 'preload'

export interface Outcome {
  readonly passed: boolean
  /** `passed`, `exit 1`, `SIGABRT` or `timed out`. */
  readonly result: string
  /** The end of what the file wrote to stdout and stderr. */
  readonly output: string
}

/** Of stdout and stderr, in bytes. */
const MAX_OUTPUT = 256 * 1024

/**
 * Runs one test file once, in a process group of its own, of which nothing is left afterwards.
 *
 * @param slot a number that no other file has that runs at the same time: it names temporary folders and ports
 */
export async function runFile(file: string, way: Way, slot: number, options: Options): Promise<Outcome> {
  const { command, args, env } = await invocation(file, way, slot, options)
  // A file, as Node's own runner has it: a pipe is a resource that some tests count, and may outlive the process.
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

async function endOf(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const position = Math.max(0, size - MAX_OUTPUT)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size - position), { position })
  return buffer.toString('utf8', 0, bytesRead)
}

async function invocation(file: string, way: Way, slot: number, options: Options) {
  const [program = 'node', ...runnerArgs] = options.runner
  const isNode = program === 'node'
  const isDirect = isNode && runnerArgs.length === 0
  const declared = isDirect ? declarationsOf(join(options.folder, file)) : { flags: [], env: {} }
  const flag = way === 'plain' ? [] : [loadFlag(way, options)]
  const isInArgv = options.flagIn === 'argv'
  const ownEnv = childEnv()
  return {
    command: isNode ? options.node : program,
    args: [...(isInArgv && isNode ? flag : []), ...declared.flags, ...runnerArgs, file],
    env: {
      ...ownEnv,
      // For a runner that is a script: the `node` in its first line has to be the one under test.
      PATH: `${dirname(options.node)}${delimiter}${ownEnv.PATH ?? ''}`,
      OTEL_LOG_LEVEL: 'none',
      OTEL_EXPORTER_PROMETHEUS_PORT: options.port ?? String(await freePort()),
      // Node's own tests make their temporary folders, and choose the port of a test that needs a fixed one, by these.
      TEST_THREAD_ID: String(slot),
      NODE_COMMON_PORT: String(12_346 + slot),
      ...declared.env,
      ...(isInArgv || flag.length === 0 ? {} : { NODE_OPTIONS: flag.map((one) => JSON.stringify(one)).join(' ') }),
    },
  }
}

/** `--require` for a preload that is CommonJS, which leaves the loading of CommonJS apps as it is; else `--import`. */
function loadFlag(way: 'empty' | 'preload', { preload }: Options): string {
  const isCommonJs = preload.endsWith('.cjs')
  const file = way === 'preload' ? preload : isCommonJs ? EMPTY_CJS : EMPTY
  return isCommonJs ? `--require=${file}` : `--import=${pathToFileURL(file)}`
}

/** What Node's own tests ask for in comments: `// Flags: --expose-gc` and `// Env: NAME=value`. */
function declarationsOf(path: string): { flags: readonly string[]; env: Readonly<Record<string, string>> } {
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
