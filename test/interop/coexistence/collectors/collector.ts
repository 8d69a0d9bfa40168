/** A span as an agent told of it; ids in hexadecimal, 16 digits. */
export interface Span {
  readonly id: string
  readonly parent: string
  readonly isServer: boolean
}

/** What an agent told of one app. */
export interface Told {
  readonly spans: readonly Span[]
  /** The requests that the app served, of the agent's own metrics; undefined where these are not among them. */
  readonly metric?: number
  /** The exceptions that the app reported; undefined for an agent that is not asked to. */
  readonly errors?: number
}

/** What stands for the vendor's backend: it listens on the loopback interface, and speaks the agent's protocol. */
export interface Collector {
  /** Makes the agent send to this collector, soon, and say nothing else to the world. */
  readonly env: Readonly<Record<string, string>>
  /** Whether the agent has made itself known; for one that works otherwise until it has. */
  isReady?(): boolean
  told(): Told
  close(): Promise<unknown>
}
