import fs from 'node:fs'
import os from 'node:os'
import { join } from 'node:path'

// The app may replace the module's functions later.
const { lstatSync, mkdirSync } = fs

/**
 * Returns a folder for files by which the processes of one user tell each other of agents. It is in a directory that only this
 * user can enter, and both are made if need be.
 *
 * @throws Error if there can be no such directory
 */
export function privateFolder(name: string): string {
  const user = process.getuid?.() ?? os.userInfo().username.replace(/[^a-z0-9.]/gi, '_')
  const directory = join(os.tmpdir(), `agentgateway-otel-${user}`)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const stats = lstatSync(directory)
  const isPrivate = !process.getuid || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0)
  if (!stats.isDirectory() || !isPrivate)
    throw new Error(`${directory} is not a directory that only this user can enter`)
  const folder = join(directory, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}
