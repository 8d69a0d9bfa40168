import type { Server } from 'node:net'
import { join } from 'node:path'
import type { Address, ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { type Identity, identify, type Origin } from './identity.ts'
import type { Rendezvous } from './rendezvous.ts'
import { SnapshotDirectory } from './snapshot-directory.ts'
import { SnapshotWriter } from './snapshot-writer.ts'
import { UnclaimedSnapshots } from './unclaimed-snapshots.ts'

/** A longer label of another process is not taken over. */
const MAX_LABEL_CHARACTERS = 255

export interface SharingOptions {
  readonly endpoint: ScrapeEndpoint
  readonly address: Address
  readonly rendezvous: Rendezvous
  readonly origin: Origin
  /** The value of the label `gateway` as long as this process leads a group of its own. */
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
    this.writer = new SnapshotWriter(options.endpoint, this.identity, options.onError)
  }

  /** The name of the group that this process is in: the id of the process that was the first to lead it. */
  get group(): string | undefined {
    return this.#group
  }

  /** The value of the label `gateway` in the group that this process is in. */
  get gateway(): string {
    return this.#gateway
  }

  get unclaimed(): UnclaimedSnapshots {
    this.#unclaimed ??= new UnclaimedSnapshots(this.openDirectory(this.options.rendezvous.unclaimed))
    return this.#unclaimed
  }

  /** Enters a group: from now on this process keeps its snapshot in the group's directory, which is returned. */
  enter(group: string): SnapshotDirectory {
    this.#group = group
    const directory = this.openDirectory(join(this.options.rendezvous.groups, group))
    this.writer.writeTo(directory)
    return directory
  }

  /** Opens a directory of snapshots, to read those that can be added to this process's own. */
  openDirectory(path: string): SnapshotDirectory {
    const { endpoint, onError } = this.options
    return new SnapshotDirectory(path, onError, endpoint.families)
  }

  /**
   * Takes over the leader's label, so that the totals keep it when this process leads. Processes of an app that is not
   * configured to have a name may have different ones, of the packages that their scripts are in.
   */
  adoptGateway(gateway: unknown): void {
    const isLabel = typeof gateway === 'string' && gateway !== '' && gateway.length <= MAX_LABEL_CHARACTERS
    if (this.identity.service === undefined && isLabel) this.#gateway = gateway
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
