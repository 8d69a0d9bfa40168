import type { IncomingMessage } from 'node:http'

/** Decides which requests the endpoint responds to, and which headers all of its responses have. */
export interface Access {
  /** Returns the response of a request that is refused, and undefined for one that is let in. */
  check(request: IncomingMessage): Refusal | undefined | Promise<Refusal | undefined>
  readonly headers: Readonly<Record<string, string>>
}

/** The response of a request that is refused. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
