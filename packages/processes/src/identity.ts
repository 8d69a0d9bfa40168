import { threadId } from 'node:worker_threads'
import { readFileSync } from './unpatched-fs.ts'

/** What others need to know of a process, or a thread, to tell whether it belongs to them. */
export interface Identity {
  /** No two have the same, ever. */
  readonly id: string
  readonly pid: number
  /** When the process began, in the kernel's own count: the same pid later is another process. Linux only. */
  readonly startTicks?: string
  /** The service's name, where somebody gave one. */
  readonly service?: string
  /** The folder and the script that the process was started with. */
  readonly cwd: string
  readonly entry: string
  /** The parent, its parent and so on; elsewhere than on Linux the parent only. */
  readonly ancestors: readonly number[]
}

/** What an id may look like: it is a file's name. */
export const ID = /^[\w-]{1,64}$/

const MAX_ANCESTORS = 32

export interface Origin {
  readonly service: string | undefined
  readonly cwd: string
  readonly entry: string
}

export function identify({ service, cwd, entry }: Origin): Identity {
  const { pid } = process
  const startTicks = statOf(pid)?.startTicks
  return {
    id: `${pid}-${threadId}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`,
    pid,
    cwd,
    entry,
    ancestors: ancestorsOf(process.ppid),
    ...(service !== undefined && { service }),
    ...(startTicks !== undefined && { startTicks }),
  }
}

/** @returns undefined when it is no identity. */
export function parseIdentity(value: unknown): Identity | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, pid, startTicks, service, cwd, entry, ancestors } = value as Record<string, unknown>
  const isText = (text: unknown) => typeof text === 'string' && text.length <= 4096
  if (typeof id !== 'string' || !ID.test(id) || !isPid(pid) || !isText(cwd) || !isText(entry)) return undefined
  if (startTicks !== undefined && !isText(startTicks)) return undefined
  if (service !== undefined && !isText(service)) return undefined
  if (!Array.isArray(ancestors) || ancestors.length > MAX_ANCESTORS || !ancestors.every(isPid)) return undefined
  return value as Identity
}

const isPid = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0

/**
 * Whether the processes are of one app: they have the same service name. Without a name, one must have started the
 * other, however far up, or they run the same script in the same folder.
 */
export function isSameApp(one: Identity, other: Identity): boolean {
  if (one.service !== other.service) return false
  if (one.service !== undefined || one.pid === other.pid) return true
  if (one.ancestors.includes(other.pid) || other.ancestors.includes(one.pid)) return true
  return one.cwd === other.cwd && one.entry === other.entry
}

export function isAlive({ pid, startTicks }: Identity): boolean {
  if (startTicks !== undefined) {
    const found = statOf(pid)
    return found !== undefined && found.startTicks === startTicks && !found.isZombie
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function ancestorsOf(parent: number): number[] {
  const ancestors = []
  for (let pid: number | undefined = parent; pid && ancestors.length < MAX_ANCESTORS; pid = statOf(pid)?.parent) {
    ancestors.push(pid)
  }
  return ancestors
}

/** From /proc, where there is one. */
function statOf(pid: number): { parent: number; startTicks: string; isZombie: boolean } | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    // In this encoding Node.js reads the file without those of its functions that an app may have replaced.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the command comes second, in parentheses, and may itself have some (proc_pid_stat(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), startTicks: fields[19] ?? '', isZombie: fields[0] === 'Z' }
  } catch {
    return undefined
  }
}
