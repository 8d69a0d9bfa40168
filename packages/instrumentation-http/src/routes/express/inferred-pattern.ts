import { trimSlash } from '../target-path.ts'

/** A compiled path of router 2 (Express 5). */
export type Matcher = (path: string) => { path: string; params: Record<string, unknown> } | false

/** Values that replace a segment. A parameter may accept only digits, or only letters, or only UUIDs. */
const SAMPLES = ['9104', 'qzxv', '0f9c2b7a-4d3e-4f5a-8b6c-1d2e3f4a5b6c']

/**
 * Returns the pattern of a mount in router 2.0 to 2.2, which keep only a matcher; undefined where it cannot be
 * inferred.
 *
 * Each segment of the path is replaced by a sample: where a parameter then has the sample as its value, the segment is
 * that parameter.
 *
 * @param path what the matcher matched
 * @param params the parameters that it found in the path
 */
export function inferPattern(
  matcher: Matcher,
  path: string,
  params: Readonly<Record<string, unknown>>,
): string | undefined {
  // What a regular expression of the app matched would look like a fixed path.
  if (matcher.name === 'regexpMatcher') return undefined
  const segments = trimSlash(path).split('/')
  const pattern = [...segments]
  for (const name of Object.keys(params)) {
    if (params[name] === undefined) continue
    const index = segments.findIndex(
      (_, i) => i > 0 && SAMPLES.some((sample) => isParameter(matcher, segments, i, name, sample)),
    )
    if (index === -1) return undefined
    pattern[index] = `:${name}`
  }
  return pattern.join('/')
}

function isParameter(matcher: Matcher, segments: readonly string[], i: number, name: string, sample: string): boolean {
  const match = matcher(segments.with(i, sample).join('/'))
  return match && match.params[name] === sample
}
