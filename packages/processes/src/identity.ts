import { threadId } from 'node:worker_threads'
import { readFileSync } from './unpatched-fs.ts'

/** What others need to know of a process, or of a thread, to decide whether it is of their app and still alive. */
export interface Identity {
  /** Unique among all processes and threads, ever. */
  readonly id: string
  readonly pid: number
  /** 0 for the main thread; worker threads count as processes of their own. */
  readonly threadId: number
  /**
   * When the process began, in the kernel's clock ticks. It distinguishes processes that had the same pid. Linux only.
   */
  readonly startTicks?: string
  /** When the process, or the thread, began, in milliseconds since 1970. It is for people to read. */
  readonly startedMs?: number
  /** The service's name, where one is configured. */
  readonly service?: string
  /** The folder and the script that the process was started with. */
  readonly cwd: string
  readonly entry: string
  /** The pids of the parent, its parent and so on. Outside Linux there is only the parent. */
  readonly ancestors: readonly number[]
}

/** What an id may look like: it is also a file's name. */
export const ID = /^[\w-]{1,64}$/

const MAX_ANCESTORS = 32
const MAX_TEXT_LENGTH = 4096

/** What is configured alike in the processes of one app, and by which they recognise each other. */
export interface Origin {
  readonly service: string | undefined
  readonly cwd: string
  readonly entry: string
}

/** Returns a new identity for this process, or this thread. */
export function identify({ service, cwd, entry }: Origin): Identity {
  const { pid } = process
  const startTicks = statOf(pid)?.startTicks
  return {
    id: `${pid}-${threadId}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`,
    pid,
    threadId,
    startedMs: Math.round(performance.timeOrigin),
    cwd,
    entry,
    ancestors: ancestorsOf(process.ppid),
    ...(service !== undefined && { service }),
    ...(startTicks !== undefined && { startTicks }),
  }
}

/** @returns undefined where the value is not a valid identity. */
export function parseIdentity(value: unknown): Identity | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { id, pid, threadId, startTicks, startedMs, service, cwd, entry, ancestors } = value as Record<string, unknown>
  if (typeof id !== 'string' || !ID.test(id) || !isPid(pid) || !isText(cwd) || !isText(entry)) return undefined
  if (!Number.isInteger(threadId) || (threadId as number) < 0) return undefined
  if (startTicks !== undefined && !isText(startTicks)) return undefined
  if (startedMs !== undefined && !Number.isFinite(startedMs)) return undefined
  if (service !== undefined && !isText(service)) return undefined
  if (!Array.isArray(ancestors) || ancestors.length > MAX_ANCESTORS || !ancestors.every(isPid)) return undefined
  return value as Identity
}

const isText = (value: unknown) => typeof value === 'string' && value.length <= MAX_TEXT_LENGTH

const isPid = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0

/** Whether this is a worker thread, which may end while its process lives on. */
export const isThread = ({ threadId }: Identity): boolean => threadId !== 0

/**
 * Whether two processes are of one app: they have the same service name, or, where neither has one, one of them started
 * the other, directly or not, or both run the same script in the same folder.
 */
export function isSameApp(a: Identity, b: Identity): boolean {
  if (a.service !== b.service) return false
  if (a.service !== undefined || a.pid === b.pid) return true
  if (a.ancestors.includes(b.pid) || b.ancestors.includes(a.pid)) return true
  return a.cwd === b.cwd && a.entry === b.entry
}

/** Whether the process is alive. For a thread, this is about its process. */
export function isAlive({ pid, startTicks }: Identity): boolean {
  if (startTicks !== undefined) {
    const stat = statOf(pid)
    return stat !== undefined && stat.startTicks === startTicks && !stat.isZombie
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

/** Reads what Linux's /proc has about a process. Returns undefined on other systems, or where there is none. */
function statOf(pid: number): { parent: number; startTicks: string; isZombie: boolean } | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    // With this encoding Node.js calls none of its own functions that the app may have replaced.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name comes second. It is in parentheses and may itself have some (proc_pid_stat(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), startTicks: fields[19] ?? '', isZombie: fields[0] === 'Z' }
  } catch {
    return undefined
  }
}
