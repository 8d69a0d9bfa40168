import type { Details, Part, Tokens } from './api.ts'

/** What the provider knows about one request that it served, independently of what is counted at the client. */
export interface Served {
  readonly operation: string
  /** The host that the request names. */
  readonly host: string
  readonly httpVersion: string
  readonly model: string
  /** The number of the retry, as Stainless's and AWS's SDKs send it; 0 for the first attempt, and where no number is sent. */
  readonly attempt: number
  status: number
  /** The model that the response has named so far. */
  responseModel?: string
  tokens?: Tokens
  /** The parts of the tokens. */
  details?: Details | undefined
  otherTokens?: Part['otherTokens']
  /** Whether a stream with content was begun. */
  hasContent?: boolean
  /** The `error_type`; `cut` where the provider broke the connection, for which each client has an error of its own. */
  outcome: string
  /** Whether a response was begun. */
  hasResponse: boolean
  /** The time from the request's arrival until the end of the response was written; at the client it is longer. */
  seconds: number
}
