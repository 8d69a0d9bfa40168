import type { IncomingMessage } from 'node:http'

/** What a request gets instead of what it asks for. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Decides which requests the endpoint responds to. */
export interface Access {
  /** Returns undefined for a request that may have what it asks for. A rejection is a failure, which lets nothing through. */
  check(request: IncomingMessage): Refusal | undefined | Promise<Refusal | undefined>
  /** Headers that every response gets. */
  readonly headers: Readonly<Record<string, string>>
}
