import { EMPTY, EMPTY_CJS, NODE, REGISTER, REGISTER_CJS } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { type Exit, type RunningProcess, startProcess } from '../harness/process.ts'

/** All that the world sees of a process that has ended. */
export interface Outcome extends Exit {
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Sent when the app has written something. */
  readonly kill?: NodeJS.Signals
  /** Written to the app's stdin before that ends. Default: the app has no stdin, unless there is `beforeStdinEnds`. */
  readonly stdin?: string
  /** Awaited before the app's stdin ends. */
  readonly beforeStdinEnds?: (running: RunningProcess) => Promise<unknown>
  /** A shell command that runs before Node.js in the same shell, and leaves something behind, such as a limit. */
  readonly shell?: string
}

/** The lines of the preload on stderr. */
export const OURS = /^agentgateway-otel: .*\n/gm

export const PRELOADS = [
  ['--import', REGISTER],
  ['--require', REGISTER_CJS],
] as const

/** The flags of an empty preload that is loaded like this one. Any preload changes the stack traces that Node.js prints. */
export const emptyLike = ([flag]: (typeof PRELOADS)[number]) => [flag, flag === '--import' ? EMPTY : EMPTY_CJS]

/** Runs code to its end, as `node -e` does, or Node.js with these arguments. */
export async function run(code: string | readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { flags = [], env = {}, kill, stdin, beforeStdinEnds, shell } = options
  const args = [...flags, ...(typeof code === 'string' ? ['-e', code] : code)]
  const [command, commandArgs] =
    shell === undefined ? [NODE, args] : ['sh', ['-c', `${shell}; exec "$0" "$@"`, NODE, ...args]]
  const running = startProcess(command, commandArgs, {
    env: { PATH: process.env.PATH, TMPDIR: childEnv().TMPDIR, OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    stdin: stdin === undefined && beforeStdinEnds === undefined ? 'ignore' : 'pipe',
  })
  if (kill) running.child.stdout?.once('data', () => running.child.kill(kill))
  await beforeStdinEnds?.(running)
  running.child.stdin?.end(stdin)
  return { ...(await running.exit()), stdout: running.stdout(), stderr: running.stderr() }
}
