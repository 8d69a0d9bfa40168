import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import {
  hasGroups,
  type Identity,
  listenForPeers,
  type Origin,
  onCleanExit,
  type Rendezvous,
  rendezvousFor,
  type Sharing,
  type SharingOptions,
} from '@agentgateway-otel/processes'
import { ignoreServer } from '@agentgateway-otel/wire'
import { loadBundle } from './lazy.ts'
import type { Log } from './log.ts'

export interface LazySharingOptions extends Address {
  readonly origin: Origin
  /** The value of the label `gateway`. */
  readonly gateway: string
  /** Receives faults: exceptions of our own code. */
  readonly report: (fault: unknown) => void
  readonly log: Log
  /** Counts what waits for more to come. It is called at the process's clean end, before its last numbers are kept. */
  readonly settle: () => void
}

/**
 * Shares the endpoint with the app's other processes. The code that does so is loaded once there is another process.
 */
export class LazySharing {
  readonly #options: SharingOptions
  readonly #settle: () => void
  #sharing: Sharing | undefined
  #hasPort = false

  constructor(options: SharingOptions, settle: () => void) {
    this.#options = options
    this.#settle = settle
  }

  /** Lets other processes join this one, which has the port, and takes over what is left of those before it. */
  lead(): void {
    const { endpoint, rendezvous, onPeerServer, onError } = this.#options
    this.#hasPort = true
    onPeerServer(listenForPeers(rendezvous, (socket) => this.#load().leader.accept(socket), onError))
    const takeOver = () => {
      if (hasGroups(rendezvous)) this.#load().leader.takeOver()
    }
    takeOver()
    endpoint.onScrape(takeOver)
  }

  /** The processes whose numbers this one serves; undefined as long as it has found no other. */
  processes(): readonly Identity[] | undefined {
    return this.#sharing?.leader.processes()
  }

  /** Joins the process that has the port. The promise resolves when this process has it. */
  join(): Promise<void> {
    return this.#load().follower.join()
  }

  /** Keeps what this process has counted, at its clean end. One that is alone leaves nothing behind. */
  end(): void {
    if (this.#hasPort && this.#sharing === undefined && !hasGroups(this.#options.rendezvous)) return
    try {
      this.#settle()
    } finally {
      this.#load().end()
    }
  }

  #load(): Sharing {
    this.#sharing ??= new (loadBundle('sharing').Sharing)(this.#options)
    return this.#sharing
  }
}

/** @returns undefined where the processes cannot find each other: each counts alone then, and a log line says so. */
export function createLazySharing(endpoint: ScrapeEndpoint, options: LazySharingOptions): LazySharing | undefined {
  const { host, port, origin, gateway, report, log, settle } = options
  const rendezvous = findRendezvous(options)
  if (rendezvous === undefined) return undefined
  let hasWarned = false
  const onError = (error: unknown) => {
    if (!isSystemError(error)) return report(error)
    if (!hasWarned) log('warn', describe(error))
    hasWarned = true
  }
  const address = { host, port }
  const sharing = new LazySharing(
    { endpoint, address, rendezvous, origin, gateway, onPeerServer: ignoreServer, onError, log },
    settle,
  )
  onCleanExit(() => sharing.end())
  return sharing
}

function findRendezvous({ host, port, log }: LazySharingOptions): Rendezvous | undefined {
  try {
    return rendezvousFor({ host, port })
  } catch (error) {
    log('warn', describe(error as Error))
    return undefined
  }
}

/** Whether the error is the system's, so that the directory or the disk is at fault, and not this package. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error

const describe = ({ message }: Error) =>
  `the processes of this app cannot find each other, so that each counts alone (${message}); set TMPDIR to a directory that this user can write to`
