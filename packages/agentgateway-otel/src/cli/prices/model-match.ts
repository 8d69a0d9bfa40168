import type { MatchLogic } from '@pydantic/genai-prices'

/**
 * Which names of models a rule of the price list is for, as matchers of a label in PromQL: all `includes` match and none of
 * `excludes` does. The patterns are in RE2's syntax, match whole names, and do not mind upper and lower case.
 */
export interface ModelMatch {
  readonly includes: readonly string[]
  readonly excludes: readonly string[]
}

type Test = Exclude<MatchLogic, { and: unknown } | { or: unknown }>

/**
 * Returns the alternatives of a rule, of which one has to match.
 *
 * @throws RangeError if a pattern is none of RE2's
 */
export function matchesOf(rule: MatchLogic): readonly ModelMatch[] {
  if ('or' in rule) return mergePatterns(rule.or.flatMap(matchesOf))
  if (!('and' in rule)) return [toMatch(rule)]
  return rule.and.map(matchesOf).reduce((all, next) => all.flatMap((a) => next.map((b) => both(a, b))), [EVERYTHING])
}

/** Makes one alternative of those that are a single pattern. */
export function mergePatterns(matches: readonly ModelMatch[]): readonly ModelMatch[] {
  const patterns = matches.filter(isPattern).flatMap(({ includes }) => includes)
  const others = matches.filter((match) => !isPattern(match))
  return patterns.length === 0 ? others : [{ includes: [patterns.join('|')], excludes: [] }, ...others]
}

/** Whether a match is a single pattern. */
export const isPattern = ({ includes, excludes }: ModelMatch) => includes.length === 1 && excludes.length === 0

const EVERYTHING: ModelMatch = { includes: [], excludes: [] }

const both = (a: ModelMatch, b: ModelMatch): ModelMatch => ({
  includes: [...a.includes, ...b.includes],
  excludes: [...a.excludes, ...b.excludes],
})

const including = (pattern: string): ModelMatch => ({ includes: [pattern], excludes: [] })

/** A lookahead for what must not follow. RE2 has none, but a matcher `!~` does the same. */
const NEGATIVE = /^\^\(\?!(.*)\)$/

function toMatch(test: Test): ModelMatch {
  if ('equals' in test) return including(quoteMeta(test.equals))
  if ('starts_with' in test) return including(`${quoteMeta(test.starts_with)}.*`)
  if ('ends_with' in test) return including(`.*${quoteMeta(test.ends_with)}`)
  if ('contains' in test) return including(`.*${quoteMeta(test.contains)}.*`)
  const negated = NEGATIVE.exec(test.regex)?.[1]
  if (negated !== undefined) return { includes: [], excludes: [`${negated}.*`] }
  if (/\(\?(?!:)|\\\d/.test(test.regex)) throw new RangeError(`RE2 has no ${test.regex}`)
  const begun = test.regex.startsWith('^') ? test.regex.slice(1) : `.*${test.regex}`
  return including(begun.endsWith('$') ? begun.slice(0, -1) : `${begun}.*`)
}

const quoteMeta = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
