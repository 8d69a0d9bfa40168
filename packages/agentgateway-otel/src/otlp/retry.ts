import { type Attempt, noResponse, type OtlpTransport } from './transport.ts'

/** The wait before the first retry. Each further wait is twice as long, up to the longest. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 16_000

/** A timer may go off as much before its time. */
const EARLY_MS = 1

/** Node's own function, as it is when this module is loaded. Apps replace it in their tests. */
const { random } = Math

/**
 * Sends an export, and tries again as long as OTLP's specification allows it and there is time. A collector that names a
 * time to wait gets that; otherwise the wait is longer each time, with jitter, so that the clients of a collector that
 * restarts do not all come back at once. None of the waits keeps the process alive.
 *
 * @param message an encoded ExportMetricsServiceRequest
 * @param timeoutMs from now to the last byte of the last response
 * @param onRetry called with the error of each attempt after which there is another
 * @returns what became of the last attempt. When time has run out in the middle of it, and an earlier one had a
 *   response, that one says more, and is returned.
 */
export async function sendWithRetries(
  transport: OtlpTransport,
  message: Uint8Array,
  timeoutMs: number,
  onRetry: (error: Error) => void = () => {},
): Promise<Attempt> {
  const deadlineMs = performance.now() + timeoutMs
  let earlier: Attempt | undefined
  for (let backOffMs = FIRST_WAIT_MS; ; backOffMs = Math.min(2 * backOffMs, LONGEST_WAIT_MS)) {
    const attempt = await transport.send(message, Math.ceil(deadlineMs - performance.now()))
    if (attempt.outcome !== 'retryable') return attempt
    if (performance.now() >= deadlineMs - EARLY_MS) return earlier ?? noResponse(timeoutMs)
    const waitMs = attempt.retryAfterMs ?? backOffMs * (0.5 + random() / 2)
    if (performance.now() + waitMs >= deadlineMs) return attempt
    earlier = attempt
    onRetry(attempt.error)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
  }
}
