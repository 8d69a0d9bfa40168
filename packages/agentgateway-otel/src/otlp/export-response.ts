import type { MetricsSerializer } from './protocols.ts'
import type { Attempt } from './transport.ts'

/** What a collector says of an export that it accepted. */
export interface ExportResponse {
  /** How many points it left out. */
  readonly rejectedPoints: number
  /** Why it left them out, or a warning; empty where it says nothing. */
  readonly message: string
}

const NOTHING_TO_SAY: ExportResponse = { rejectedPoints: 0, message: '' }

/** JSON begins with it, and nothing in Protocol Buffers does that has the fields of a response. */
const OPENING_BRACE = 0x7b

/**
 * Decodes the body of a success.
 *
 * @throws Error that says why it cannot be decoded
 */
export function decodeResponse(
  { body, problem }: Extract<Attempt, { outcome: 'accepted' }>,
  deserialize: MetricsSerializer['deserializeResponse'],
): ExportResponse {
  if (problem !== undefined) throw new Error(problem)
  if (body.length === 0) return NOTHING_TO_SAY
  const response = decode(body, deserialize)
  const { rejectedDataPoints = 0, errorMessage = '' } = response.partialSuccess ?? {}
  // JSON has integers of 64 bits as texts.
  return { rejectedPoints: Number(rejectedDataPoints), message: String(errorMessage) }
}

/**
 * Decodes by what the body is: some collectors respond by JSON to all. OpenTelemetry's decoder of JSON cannot be used,
 * because it makes an empty response of what it cannot decode.
 */
function decode(body: Uint8Array, deserialize: MetricsSerializer['deserializeResponse']) {
  try {
    return body[0] === OPENING_BRACE ? JSON.parse(new TextDecoder().decode(body)) : deserialize(body)
  } catch (error) {
    throw new Error(`its body cannot be decoded (${(error as Error).message})`)
  }
}
