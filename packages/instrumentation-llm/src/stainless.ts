import type { Exchange, ResponseHead } from '@agentgateway-otel/wire'

/**
 * One request of an SDK made by Stainless (`openai`, `@anthropic-ai/sdk`, `groq-sdk` and others): each says how many came
 * before it. None says whether it is the last.
 */
export interface Attempt {
  /** How many came before it. */
  readonly number: number
  /** Host and target: those of all attempts are the same. */
  readonly to: string
  readonly model: string | undefined
  /** Of the body, which is the same in all attempts; 0 where it was not sent. */
  readonly requestBytes: number
  readonly startMs: number
}

const FIRST_DELAY_SECONDS = 0.5
const LAST_DELAY_SECONDS = 8
/** A server that asks for more is not obeyed. */
const LONGEST_DELAY_SECONDS = 60

/** The number of an attempt; undefined where the client does not number them. */
export function attemptNumber(exchange: Exchange): number | undefined {
  const count = exchange.header('x-stainless-retry-count')
  return count !== undefined && /^\d{1,3}$/.test(count) ? Number(count) : undefined
}

/**
 * How long the SDK waits before it makes the next attempt, if it has attempts left; undefined where it makes none.
 *
 * @param head of the answer; undefined where none came: then the SDK tries again, also after a timeout of its own
 */
export function retryDelaySeconds(attempt: number, head: ResponseHead | undefined): number | undefined {
  if (head !== undefined && !isRetried(head)) return undefined
  const asked = head === undefined ? Number.NaN : retryAfterSeconds(head)
  if (asked >= 0 && asked <= LONGEST_DELAY_SECONDS) return asked
  return Math.min(FIRST_DELAY_SECONDS * 2 ** attempt, LAST_DELAY_SECONDS)
}

function isRetried(head: ResponseHead): boolean {
  const { status } = head
  if (status < 400) return false
  const said = head.header('x-should-retry')
  if (said === 'true' || said === 'false') return said === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}

function retryAfterSeconds(head: ResponseHead): number {
  const milliseconds = Number.parseFloat(head.header('retry-after-ms') ?? '')
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000
  const text = head.header('retry-after') ?? ''
  const seconds = Number.parseFloat(text)
  return Number.isNaN(seconds) ? (Date.parse(text) - Date.now()) / 1000 : seconds
}
