import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { NODE, REGISTER, REGISTER_CJS } from '../harness/app.ts'

/** What a process did: all that the world sees of it. */
export interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Run {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Sent when the app has written something. */
  readonly kill?: NodeJS.Signals
  /** Said to the app, before its stdin ends; without it stdin is none from the start. */
  readonly stdin?: string
  /** A command of the shell that Node.js is started from, before that: what it leaves behind, such as a limit. */
  readonly shell?: string
}

/** Our lines on stderr. */
export const OURS = /^agentgateway-otel: .*\n/gm

export const PRELOADS = [
  ['--import', REGISTER],
  ['--require', REGISTER_CJS],
] as const

/** Runs code, as `node -e` does, or what the arguments name. */
export async function run(code: string | readonly string[], options: Run = {}): Promise<Ran> {
  const { flags = [], env = {}, kill, stdin, shell } = options
  const args = [...flags, ...(typeof code === 'string' ? ['-e', code] : code)]
  const [command, ...rest] =
    shell === undefined ? [NODE, ...args] : ['sh', '-c', `${shell}; exec "$0" "$@"`, NODE, ...args]
  const child = spawn(command as string, rest, {
    env: { PATH: process.env.PATH ?? '', OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  if (kill) child.stdout?.once('data', () => child.kill(kill))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  // An app that ended does not read what is said to it.
  child.stdin?.on('error', () => {}).end(stdin)
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code: exitCode, signal, stdout, stderr }
}
