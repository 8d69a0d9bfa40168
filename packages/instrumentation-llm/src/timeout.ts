import type { Exchange } from '@agentgateway-otel/wire'

/**
 * The share of a timeout after which an aborted exchange counts as timed out. A client's timer starts a little before the
 * exchange, so an exchange that timed out may be a little shorter than the timeout.
 */
const TIMEOUT_SHARE = 0.95

/** Returns whether an exchange that the client gave up took as long as its timeout; false for a timeout of NaN. */
export const lastedUntil = ({ startMs, endMs }: Exchange, timeoutSeconds: number): boolean =>
  (endMs - startMs) / 1000 >= TIMEOUT_SHARE * timeoutSeconds
