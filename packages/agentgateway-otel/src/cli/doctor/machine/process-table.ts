import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, isAbsolute, relative } from 'node:path'
import type { Environment } from '../../../configuration/configuration.ts'
import { unpackPm2Environment } from '../../../pm2.ts'
import { wrapperOf } from '../../../wrappers.ts'
import { type Launch, parseLaunch, programOf } from '../launches/launch.ts'

/** A process of Node.js, Bun or Deno that runs on this machine. */
export interface SeenProcess {
  readonly pid: number
  /** What people know it by: `node server.js`. It has no arguments and no options, which may be secret. */
  readonly name: string
  readonly cwd: string
  /** The environment that it started with. */
  readonly environment: Environment
  /** The path of the running program. */
  readonly executable: string
  readonly launch: Launch
  /** The ids of the process that started it, of the one that started that, and so on. */
  readonly ancestors: readonly number[]
}

/** How many processes are looked at. */
const MAX_PROCESSES = 20_000

const MAX_ANCESTORS = 32

/** Whether this system has a table of processes that can be read. */
export const hasProcessTable = process.platform === 'linux'

/**
 * Returns the processes of Node.js, Bun and Deno of this user, or with privileges of all users, without this process and those
 * that started it, and without those that only start others, such as npm.
 */
export function readProcesses(): readonly SeenProcess[] {
  if (!hasProcessTable) return []
  const own = new Set([process.pid, ...ancestorsOf(process.pid)])
  return pids()
    .filter((pid) => !own.has(pid))
    .flatMap((pid) => readProcess(pid) ?? [])
}

/** Returns the ids of the processes that /proc shows. */
export const pids = (): readonly number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .slice(0, MAX_PROCESSES)
    .map(Number)

function readProcess(pid: number): SeenProcess | undefined {
  try {
    const argv = nulSeparated(`/proc/${pid}/cmdline`)
    const executable = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
    const program = programOf(executable)
    if (program === 'other' || program === 'runner' || program === 'tsx') return undefined
    const cwd = readlinkSync(`/proc/${pid}/cwd`)
    const environment = readEnvironment(pid)
    // The first word is whatever the process was started as, or what it calls itself.
    const words = [executable, ...argv.slice(1)]
    const parsed = parseLaunch(words, { source: '', cwd })
    if (parsed === undefined) return undefined
    const { options, script = '' } = parsed
    if (wrapperOf({ argv: [executable, script], execArgv: options, env: environment }) !== undefined) return undefined
    const name = [basename(executable), shortPath(script, cwd)].filter((part) => part !== '').join(' ')
    return {
      pid,
      name,
      cwd,
      environment,
      executable,
      ancestors: ancestorsOf(pid),
      launch: { ...parsed, source: `process ${pid} (${name})`, environment: ownNodeOptions(environment) },
    }
  } catch {
    // It has ended, or is another user's.
    return undefined
  }
}

/** A launch has the variables that its own command line sets, and a process has only its environment. */
const ownNodeOptions = ({ NODE_OPTIONS }: Environment): Record<string, string> =>
  NODE_OPTIONS === undefined ? {} : { NODE_OPTIONS }

function readEnvironment(pid: number): Environment {
  const environment: NodeJS.ProcessEnv = Object.create(null)
  for (const entry of nulSeparated(`/proc/${pid}/environ`)) {
    const equals = entry.indexOf('=')
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1)
  }
  unpackPm2Environment(environment)
  return environment
}

const nulSeparated = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\0').slice(0, -1)

/** Returns a script's path from the process's directory, or its name. */
function shortPath(script: string, cwd: string): string {
  if (!isAbsolute(script)) return script
  const path = relative(cwd, script)
  return path.startsWith('..') ? basename(script) : path
}

function ancestorsOf(pid: number): readonly number[] {
  const ancestors = []
  for (let parent = parentOf(pid); parent > 1 && ancestors.length < MAX_ANCESTORS; parent = parentOf(parent)) {
    ancestors.push(parent)
  }
  return ancestors
}

/** @returns 0 where it is not known */
function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0)
  } catch {
    return 0
  }
}
