import { Follower } from './follower.ts'
import { Leader } from './leader.ts'
import { Member, type SharingOptions } from './member.ts'

/** What a process needs to share its scrape endpoint with its app's other processes. */
export class Sharing {
  readonly leader: Leader
  readonly follower: Follower
  readonly #member: Member

  constructor(options: SharingOptions) {
    this.#member = new Member(options)
    this.leader = new Leader(this.#member)
    this.follower = new Follower(this.#member, this.leader)
  }

  /** Writes what this process has counted, at its end. */
  end(): void {
    this.#member.end()
  }
}
