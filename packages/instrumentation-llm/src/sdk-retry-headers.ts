import type { Exchange, ResponseHead } from '@agentgateway-otel/wire'

/** What an SDK tells of an attempt in its headers. */
export interface Numbering {
  /** How many attempts came before it. */
  readonly number: number
  /** What all attempts of a call have in common. */
  readonly key: string
  /**
   * How long the SDK waits, at most, before it tries again, in seconds; undefined where it does not.
   *
   * @param head of the answer; undefined where none came: then SDKs try again, also after a timeout of their own
   */
  retryDelay(head: ResponseHead | undefined): number | undefined
}

/** undefined where the client does not number its attempts. */
export function numberingOf(exchange: Exchange): Numbering | undefined {
  return stainless(exchange) ?? aws(exchange)
}

/**
 * The SDKs made by Stainless (`openai`, `@anthropic-ai/sdk`, `groq-sdk` and others) do not say how often they will try, nor
 * which attempts belong together.
 */
function stainless(exchange: Exchange): Numbering | undefined {
  const count = exchange.header('x-stainless-retry-count')
  if (count === undefined || !/^\d{1,3}$/.test(count)) return undefined
  const number = Number(count)
  const backoff = Math.min(0.5 * 2 ** number, 8)
  return {
    number,
    key: `${exchange.host} ${exchange.target}`,
    retryDelay: (head) => (head === undefined ? backoff : isRetried(head) ? (retryAfter(head) ?? backoff) : undefined),
  }
}

/** The AWS SDK says all that. */
function aws(exchange: Exchange): Numbering | undefined {
  const call = exchange.header('amz-sdk-invocation-id')
  const { attempt, max } =
    /^attempt=(?<attempt>\d{1,3}); max=(?<max>\d{1,3})$/.exec(exchange.header('amz-sdk-request') ?? '')?.groups ?? {}
  if (call === undefined || attempt === undefined) return undefined
  const backoff = Math.min(0.5 * 2 ** (Number(attempt) - 1), 20)
  return {
    number: Number(attempt) - 1,
    key: call,
    retryDelay: (head) => {
      if (Number(attempt) >= Number(max)) return undefined
      return head === undefined ? backoff : isRetried(head) ? Math.max(retryAfter(head) ?? 0, backoff) : undefined
    },
  }
}

function isRetried(head: ResponseHead): boolean {
  const { status } = head
  if (status < 400) return false
  const said = head.header('x-should-retry')
  if (said === 'true' || said === 'false') return said === 'true'
  return status === 408 || status === 409 || status === 429 || status >= 500
}

/** A server that asks for more is not obeyed. */
const LONGEST_DELAY_SECONDS = 60

function retryAfter(head: ResponseHead): number | undefined {
  const milliseconds = Number.parseFloat(head.header('retry-after-ms') ?? '')
  const text = head.header('retry-after') ?? ''
  const asked = [milliseconds / 1000, Number.parseFloat(text), (Date.parse(text) - Date.now()) / 1000].find(
    (seconds) => !Number.isNaN(seconds),
  )
  return asked !== undefined && asked >= 0 && asked <= LONGEST_DELAY_SECONDS ? asked : undefined
}
