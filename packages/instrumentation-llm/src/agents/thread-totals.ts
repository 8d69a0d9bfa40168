import fs from 'node:fs'
import { join } from 'node:path'
import { isCount, isJsonObject } from '../json-object.ts'
import { privateFolder } from './private-folder.ts'

// The app may replace the module's functions later.
const { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } = fs

/** Counts by their names. */
export type Total = ReadonlyMap<string, number>

/** What an agent's threads had used in total when a process of this user last read of it. */
export interface ThreadTotals {
  get(thread: string): Total | undefined
  set(thread: string, total: Total): void
}

/** How many threads are remembered. Beyond, those that were continued least recently are forgotten. */
const MAX_THREADS = 10_000

/** A thread's id is a file's name. */
const ID = /^[\w-]{1,64}$/

/**
 * Creates the totals of threads. Each is in a file, because a thread may be continued by another process of the app, or after a
 * restart. Without a folder for them they are remembered in this process.
 */
export function createThreadTotals(): ThreadTotals {
  const own = new Map<string, Total>()
  let isTidy = false
  return {
    get(thread) {
      try {
        return readTotal(pathOf(thread))
      } catch {
        return own.get(thread)
      }
    },
    set(thread, total) {
      own.delete(thread)
      if (own.size >= MAX_THREADS) own.delete(own.keys().next().value as string)
      own.set(thread, total)
      try {
        const path = pathOf(thread)
        // Another process must not read half a file.
        const part = `${path}.${process.pid}`
        writeFileSync(part, JSON.stringify(Object.fromEntries(total)), { mode: 0o600 })
        renameSync(part, path)
        if (!isTidy) removeOldFiles()
        isTidy = true
      } catch {
        // It is remembered in this process.
      }
    },
  }
}

const folder = () => privateFolder('threads')

/** @throws Error if the id cannot be a file's name */
function pathOf(thread: string): string {
  if (!ID.test(thread)) throw new Error('no id of a thread')
  return join(folder(), thread)
}

/** @throws Error if there is no file, or if it has no total */
function readTotal(path: string): Total {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const counts = isJsonObject(value) ? Object.entries(value) : []
  if (counts.length === 0 || !counts.every(([, count]) => isCount(count))) throw new Error(`no total in ${path}`)
  return new Map(counts as [string, number][])
}

function removeOldFiles(): void {
  const paths = readdirSync(folder()).map((name) => join(folder(), name))
  if (paths.length <= MAX_THREADS) return
  const byAge = paths
    .map((path) => ({ path, changedMs: statSync(path).mtimeMs }))
    .sort((a, b) => b.changedMs - a.changedMs)
  for (const { path } of byAge.slice(MAX_THREADS)) rmSync(path, { force: true })
}
