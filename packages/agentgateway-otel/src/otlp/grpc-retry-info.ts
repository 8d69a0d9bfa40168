import { messagesOf, numberOf } from './protobuf-fields.ts'

/**
 * Returns the delay of the `google.rpc.RetryInfo` in a response's details; undefined when they have none or cannot be
 * read. The messages are `google.rpc.Status` (details: 3), `Any` (type_url: 1, value: 2), `RetryInfo` (retry_delay: 1)
 * and `Duration` (seconds: 1, nanos: 2).
 *
 * @param details the value of `grpc-status-details-bin`
 * @returns milliseconds
 */
export function retryDelayOf(details: string | undefined): number | undefined {
  if (details === undefined) return undefined
  try {
    const retryInfo = messagesOf(Buffer.from(details, 'base64'), 3).find(
      (any) => messagesOf(any, 1)[0]?.toString() === 'type.googleapis.com/google.rpc.RetryInfo',
    )
    if (retryInfo === undefined) return undefined
    const [value = EMPTY] = messagesOf(retryInfo, 2)
    const [duration = EMPTY] = messagesOf(value, 1)
    const milliseconds = numberOf(duration, 1) * 1000 + numberOf(duration, 2) / 1e6
    return Number.isSafeInteger(Math.ceil(milliseconds)) ? Math.max(0, milliseconds) : undefined
  } catch {
    return undefined
  }
}

const EMPTY = Buffer.alloc(0)
