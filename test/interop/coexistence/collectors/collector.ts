/** A span that an agent reported, with ids of 16 hexadecimal digits. */
export interface Span {
  readonly id: string
  readonly parent: string
  readonly name: string
  readonly isServer: boolean
  /** The trace's id, or its last 16 hexadecimal digits. Only the agents that routes are compared with have it here. */
  readonly trace?: string
  /** The route of a request that the app served, if the agent reports one. Only the agents that routes are compared with have it here. */
  readonly route?: string
  /** The rest of what was reported of it, as text. */
  readonly details: string
}

/** What an agent reported about one app. */
export interface Report {
  readonly spans: readonly Span[]
  /** The names of the agent's own metrics; undefined for an agent that sends none. */
  readonly metrics?: ReadonlySet<string>
  /** The requests that the app served, by the agent's own metrics; undefined if these do not have them. */
  readonly metric?: number
  /** The exceptions that the app captured; undefined for an agent with which it captures none. */
  readonly errors?: number
}

/** A stand-in for the vendor's backend, with the agent's protocol, on the loopback interface. */
export interface Collector {
  /** Makes the agent send to this collector, soon, and nowhere else. */
  readonly env: Readonly<Record<string, string>>
  /** Whether the agent has connected; only for an agent that traces differently before that. */
  isReady?(): boolean
  report(): Report
  close(): Promise<unknown>
}

/** @param service the app's name, which the environment gives to the agent */
export type StartCollector = (service: string) => Promise<Collector>
