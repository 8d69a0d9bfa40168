import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { lstatSync, mkdirSync, readlinkSync } from './unpatched-fs.ts'

/** Where the processes meet that are configured to one address. */
export interface Place {
  /** The socket, or on Windows the pipe, behind which the process is that has the port. */
  readonly door: string
  /** A folder for each app's totals, while it has more than one process. */
  readonly groups: string
  /** A folder for what processes counted that ended before they met a leader. */
  readonly unclaimed: string
}

/** No name of a group: those have no dot. */
const UNCLAIMED = '.unclaimed'

/** The least that a socket's path may have, on macOS: 104 bytes with its end. */
const MAX_DOOR_BYTES = 100

/**
 * The place for this address, in a directory that only this user can enter. The address's name has the
 * namespaces in it: containers that share a /tmp may each have the port, and know nothing of each other's processes.
 *
 * @throws Error when there can be no such directory.
 */
export function placeFor({ host, port }: { host?: string | undefined; port: number }): Place {
  const name = `${port}-${nameOf(host)}${namespaces()}`
  const placeIn = (directory: string, door: string): Place => {
    const groups = join(directory, name)
    return { door, groups, unclaimed: join(groups, UNCLAIMED) }
  }
  if (process.platform === 'win32') {
    const user = userInfo().username.replace(/[^a-z0-9.]/gi, '_')
    const directory = join(tmpdir(), `agentgateway-otel-${user}`)
    preparePrivateDirectory(directory)
    return placeIn(directory, `\\\\.\\pipe\\agentgateway-otel-${user}-${name}`)
  }
  const folder = `agentgateway-otel-${process.getuid?.()}`
  const fits = Buffer.byteLength(join(tmpdir(), folder, `${name}.sock`)) <= MAX_DOOR_BYTES
  const directory = join(fits ? tmpdir() : '/tmp', folder)
  preparePrivateDirectory(directory)
  return placeIn(directory, join(directory, `${name}.sock`))
}

/** All addresses of the machine are one place, however they are written: only one process can have the port on them. */
const WILDCARD = '0.0.0.0'

/** Of a host's name, so many characters are kept; what is longer ends in a hash. */
const MAX_HOST_CHARACTERS = 40

function nameOf(host: string | undefined): string {
  const name = host === undefined || host === '::' ? WILDCARD : host.replace(/[^a-z0-9.]/gi, '_')
  if (name.length <= MAX_HOST_CHARACTERS) return name
  let hash = 0
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0
  return `${name.slice(0, MAX_HOST_CHARACTERS - 9)}_${hash.toString(16)}`
}

/**
 * Makes the directory if it is not there.
 *
 * @throws Error when others could look inside, or could have put it there, or Node's error when it cannot be made.
 */
export function preparePrivateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = lstatSync(directory)
  const isOurs = process.platform === 'win32' || (found.uid === process.getuid?.() && (found.mode & 0o077) === 0)
  if (!found.isDirectory() || !isOurs) throw new Error(`${directory} is not a directory that only this user can enter`)
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
