import fs from 'node:fs'
import { join } from 'node:path'
import type { StartedChild } from '@agentgateway-otel/wire'
import { privateFolder } from './private-folder.ts'

/**
 * The marks of agents that count their calls themselves, because they are Node.js processes with this instrumentation. The
 * process that started such an agent leaves its lines alone: otherwise each call would count in both processes.
 *
 * A mark is an empty file. Its name has the pids of the process and of its ancestors, because the child that an app starts may
 * be a shell or a launcher, which starts the agent. It is left before the agent's first call, so it is there before any line can
 * report one.
 *
 * @module
 */

// The app may replace the module's functions later.
const { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync, statSync } = fs

/** How long a mark stays, in milliseconds, after which its process may have ended. The lines of an ended agent may be read late. */
const MAX_AGE_MS = 60 * 60 * 1000

/** By how much a file's time may be earlier than a time that was read before, in milliseconds: file systems round. */
const TIME_SLACK_MS = 2000

const MAX_ANCESTORS = 16

/** Leaves the mark of this process. Without a folder that it can write to there is no mark. */
export function leaveCallMark(): void {
  try {
    const folder = marksFolder()
    removeOldMarks(folder)
    writeFileSync(join(folder, [process.pid, ...findAncestors()].join('.')), '')
  } catch {
    // Processes without such a folder do not share an endpoint either.
  }
}

/** Returns whether the child, or a process that it has started, directly or not, counts its calls itself. */
export function hasCallMark({ pid, startedMs }: StartedChild): boolean {
  try {
    const folder = marksFolder()
    // An earlier process may have had the same pid.
    const isSince = (name: string) => statSync(join(folder, name)).mtimeMs >= startedMs - TIME_SLACK_MS
    return readdirSync(folder).some((name) => name.split('.').includes(String(pid)) && isSince(name))
  } catch {
    return false
  }
}

/** Containers that share a temporary directory have marks of their own, because they do not share pids. */
const marksFolder = () => privateFolder(`agents${pidNamespace()}`)

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D+/, '-').replace(/\D+$/, '')
  } catch {
    return ''
  }
}

function removeOldMarks(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (Date.now() - statSync(path).mtimeMs > MAX_AGE_MS && !isAlive(Number.parseInt(name, 10)))
      rmSync(path, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Returns the pids of the parent, its parent and so on; where there is no /proc, the parent's alone. */
function findAncestors(): readonly number[] {
  const ancestors = [process.ppid]
  for (let parent = parentOf(process.ppid); parent && ancestors.length < MAX_ANCESTORS; parent = parentOf(parent)) {
    ancestors.push(parent)
  }
  return ancestors
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The command's name comes second, in parentheses, and may have some itself (proc_pid_stat(5)).
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}
