import type { ResponseHead } from '@agentgateway-otel/wire'

/**
 * Reads token counts from the headers of a response, for `setUsage`.
 *
 * @param headers the header of each count
 */
export function readCountHeaders(
  head: ResponseHead,
  headers: Readonly<Record<string, string>>,
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [name, header] of Object.entries(headers)) {
    const text = head.header(header)
    if (text !== undefined) counts[name] = Number(text)
  }
  return counts
}
