import type { Server } from 'node:net'
import { join } from 'node:path'
import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { type Identity, identify, type Origin } from './identity.ts'
import type { Rendezvous } from './rendezvous.ts'
import { SnapshotDirectory } from './snapshot-directory.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { UnclaimedSnapshots } from './unclaimed-snapshots.ts'

export interface SharingOptions {
  readonly endpoint: ScrapeEndpoint
  readonly address: Address
  readonly rendezvous: Rendezvous
  readonly origin: Origin
  /** The service's name, by which this process labels what it counts alone. */
  readonly gateway: string
  /** Receives the server of the peer socket before it accepts a connection. */
  readonly onPeerServer: (server: Server) => void
  readonly onError: (error: unknown) => void
  readonly log: (severity: 'error' | 'warn' | 'info' | 'debug', text: string) => void
}

/** What this process has as one of its app's processes, whether it leads or follows. */
export class Member {
  readonly options: SharingOptions
  readonly identity: Identity
  readonly writer: SnapshotWriter
  #group: string | undefined
  #gateway: string
  #unclaimed: UnclaimedSnapshots | undefined

  constructor(options: SharingOptions) {
    this.options = options
    this.#gateway = options.gateway
    this.identity = identify(options.origin)
    this.writer = new SnapshotWriter(options.endpoint.reader, this.identity, options.onError)
  }

  /** The name of the group that this process is in: the id of the process that was the first to lead it. */
  get group(): string | undefined {
    return this.#group
  }

  /**
   * The value of the label `gateway` of all that the group counts: the name of the service whose process was the first
   * to lead it. A process that takes over keeps it, also where it is of another package that the app has started.
   */
  get gateway(): string {
    return this.#gateway
  }

  get unclaimed(): UnclaimedSnapshots {
    this.#unclaimed ??= new UnclaimedSnapshots(this.options.rendezvous.unclaimed, this.options.onError)
    return this.#unclaimed
  }

  /** Enters a group: from now on this process keeps its snapshot in the group's directory, which is returned. */
  enter(group: string, gateway = this.#gateway): SnapshotDirectory {
    const { rendezvous, onError } = this.options
    this.#group = group
    this.#gateway = gateway
    const directory = new SnapshotDirectory(join(rendezvous.groups, group), onError)
    this.writer.writeTo(directory)
    return directory
  }

  /**
   * Writes what this process has counted, at its end: to its group's directory, or else where the app's present or next
   * leader finds it.
   */
  end(): void {
    this.writer.end((id, parts) => {
      try {
        this.unclaimed.add(id, parts)
      } catch (error) {
        this.options.log(
          'warn',
          `what process ${process.pid} counted is lost, because it ended before it had joined the process that has port ${this.options.address.port}: ${(error as Error).message}`,
        )
      }
    })
  }
}
