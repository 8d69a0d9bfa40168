import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { existsSync, lstatSync, mkdirSync, readlinkSync } from './unpatched-fs.ts'

/** The paths where the processes that are configured to one address find each other. */
export interface Rendezvous {
  /** The unix socket, or on Windows the named pipe, on which the process that has the port listens for its peers. */
  readonly peerSocket: string
  /** The folder that has a folder of snapshots for each group: the processes of one app, while it has more than one. */
  readonly groups: string
  /** The folder of the snapshots of processes that ended before they had joined a leader. */
  readonly unclaimed: string
}

/** It cannot be the name of a group, because those have no dot. */
const UNCLAIMED = '.unclaimed'

/** macOS has the shortest limit for a socket's path: 104 bytes, terminator included. */
const MAX_SOCKET_PATH_BYTES = 100

/**
 * Returns the rendezvous for an address. It is in a directory that only this user can enter, which is made if need be.
 * The paths include Linux's namespaces: containers that share a /tmp may each have the port, and cannot see each
 * other's processes.
 *
 * @throws Error when there can be no such directory.
 */
export function rendezvousFor({ host, port }: { host?: string | undefined; port: number }): Rendezvous {
  const name = `${port}-${nameOf(host)}${namespaces()}`
  const rendezvousIn = (directory: string, peerSocket: string): Rendezvous => {
    const groups = join(directory, name)
    return { peerSocket, groups, unclaimed: join(groups, UNCLAIMED) }
  }
  if (process.platform === 'win32') {
    const user = userInfo().username.replace(/[^a-z0-9.]/gi, '_')
    const directory = join(tmpdir(), `agentgateway-otel-${user}`)
    preparePrivateDirectory(directory)
    return rendezvousIn(directory, `\\\\.\\pipe\\agentgateway-otel-${user}-${name}`)
  }
  const folder = `agentgateway-otel-${process.getuid?.()}`
  const fits = Buffer.byteLength(join(tmpdir(), folder, `${name}.sock`)) <= MAX_SOCKET_PATH_BYTES
  const directory = join(fits ? tmpdir() : '/tmp', folder)
  preparePrivateDirectory(directory)
  return rendezvousIn(directory, join(directory, `${name}.sock`))
}

/** Whether an app with more than one process was at this rendezvous. It may be there still. */
export const hasGroups = ({ groups }: Rendezvous): boolean => existsSync(groups)

/** The name of all addresses of the machine, however they are written: only one process can have the port on them. */
const WILDCARD = '0.0.0.0'

/** How many characters of a host's name are kept; a longer one ends in a hash. */
const MAX_HOST_CHARACTERS = 40

function nameOf(host: string | undefined): string {
  const name = host === undefined || host === '::' ? WILDCARD : host.replace(/[^a-z0-9.]/gi, '_')
  if (name.length <= MAX_HOST_CHARACTERS) return name
  let hash = 0
  for (const character of name) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0
  return `${name.slice(0, MAX_HOST_CHARACTERS - 9)}_${hash.toString(16)}`
}

/**
 * Makes the directory if it does not exist.
 *
 * @throws Error when others could look inside, or could have made it, or Node's error when it cannot be made.
 */
export function preparePrivateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const stats = lstatSync(directory)
  const isPrivate = process.platform === 'win32' || (stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0)
  if (!stats.isDirectory() || !isPrivate) {
    throw new Error(`${directory} is not a directory that only this user can enter`)
  }
}

/** Returns the ids of this process's Linux network and pid namespaces; the empty string on other systems. */
function namespaces(): string {
  if (process.platform !== 'linux') return ''
  try {
    return ['net', 'pid'].map((kind) => `-${readlinkSync(`/proc/self/ns/${kind}`).replace(/\D/g, '')}`).join('')
  } catch {
    return ''
  }
}
