import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { hasProcessTable, pids } from './process-table.ts'

/** A socket that listens on a port of this machine, and the process that has it. */
export interface Listener {
  /** Whether it listens on all addresses of the machine, IPv4's or IPv6's. */
  readonly isOnAllAddresses: boolean
  /** Whether it listens on a loopback address. */
  readonly isOnLoopback: boolean
  /** The process; undefined where this user may not know it. */
  readonly owner: { readonly pid: number; readonly program: string } | undefined
  /** The id of the user who has the socket. */
  readonly uid: number
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6']

/** The state of a listening socket in these tables. */
const LISTENING = '0A'

/**
 * Returns what listens on a TCP port.
 *
 * @returns undefined on a system that does not show it
 */
export function listenersOn(port: number): readonly Listener[] | undefined {
  if (!hasProcessTable) return undefined
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  const sockets = TABLES.flatMap((table) => readLines(table)).flatMap((line) => {
    const [, local = '', , state, , , , uid = '', , inode = ''] = line.trim().split(/\s+/)
    const [address = '', socketPort] = local.split(':')
    return state === LISTENING && socketPort === hexPort ? [{ address, uid: Number(uid), inode }] : []
  })
  if (sockets.length === 0) return []
  const owners = ownersOf(new Set(sockets.map(({ inode }) => `socket:[${inode}]`)))
  return sockets.map(({ address, uid, inode }) => ({
    isOnAllAddresses: /^0+$/.test(address),
    // 127.0.0.1 and ::1, in words of the machine's byte order, and 127.0.0.1 as an IPv6 address.
    isOnLoopback: /7F$|^0{24}01000000$/.test(address),
    owner: owners.get(`socket:[${inode}]`),
    uid,
  }))
}

/** Returns the processes that have these sockets. Several may have the same one: the first of them has opened it. */
function ownersOf(links: ReadonlySet<string>): ReadonlyMap<string, NonNullable<Listener['owner']>> {
  const owners = new Map<string, NonNullable<Listener['owner']>>()
  for (const pid of [...pids()].sort((a, b) => a - b)) {
    for (const link of linksOf(pid)) {
      if (!links.has(link) || owners.has(link)) continue
      owners.set(link, { pid, program: programName(pid) })
      if (owners.size === links.size) return owners
    }
  }
  return owners
}

function* linksOf(pid: number): Generator<string> {
  const directory = `/proc/${pid}/fd`
  try {
    for (const fd of readdirSync(directory)) yield readlinkSync(`${directory}/${fd}`)
  } catch {
    // It has ended, or is another user's.
  }
}

/** Returns the name of a process's program, without arguments, which may be secret. */
function programName(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''))
  } catch {
    return readLines(`/proc/${pid}/comm`)[0] ?? 'a program that is not known'
  }
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'latin1').split('\n')
  } catch {
    return []
  }
}
