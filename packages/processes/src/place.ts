import { lstatSync, mkdirSync, readlinkSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Where the processes meet that are configured to one address. */
export interface Place {
  /** The socket, or on Windows the pipe, behind which the process is that has the port. */
  readonly door: string
  /** A folder for each app's totals, while it has more than one process. */
  readonly groups: string
}

/** The least that a socket's path may have, on macOS: 104 bytes with its end. */
const MAX_DOOR_BYTES = 100

/**
 * The place for this address, in a directory that only this user can enter. The address's name has the
 * namespaces in it: containers that share a /tmp may each have the port, and know nothing of each other's processes.
 *
 * @throws Error when there can be no such directory.
 */
export function placeFor({ host, port }: { host: string; port: number }): Place {
  const name = `${port}-${host.replace(/[^a-z0-9.]/gi, '_')}${namespaces()}`
  if (process.platform === 'win32') {
    const user = userInfo().username.replace(/[^a-z0-9.]/gi, '_')
    const directory = privateDirectory(tmpdir(), `agentgateway-otel-${user}`)
    return { door: `\\\\.\\pipe\\agentgateway-otel-${user}-${name}`, groups: join(directory, name) }
  }
  const folder = `agentgateway-otel-${process.getuid?.()}`
  const fits = Buffer.byteLength(join(tmpdir(), folder, `${name}.sock`)) <= MAX_DOOR_BYTES
  const directory = privateDirectory(fits ? tmpdir() : '/tmp', folder)
  return { door: join(directory, `${name}.sock`), groups: join(directory, name) }
}

/** Made if it is not there; refused if others could look inside, or could have put it there. */
function privateDirectory(parent: string, name: string): string {
  const directory = join(parent, name)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(directory)
  const isOurs = process.platform === 'win32' || (found.uid === process.getuid?.() && (found.mode & 0o077) === 0)
  if (!found.isDirectory() || !isOurs) throw new Error(`${directory} is not a directory that only this user can enter`)
  return directory
}

/** Of Linux, by their numbers. */
function namespaces(): string {
  if (process.platform !== 'linux') return ''
  try {
    return ['net', 'pid'].map((kind) => `-${readlinkSync(`/proc/self/ns/${kind}`).replace(/\D/g, '')}`).join('')
  } catch {
    return ''
  }
}
