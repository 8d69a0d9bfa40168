/** A longer value is cut. */
const MAX_QUOTED_CHARACTERS = 80

/** How many items of a list are quoted; further ones are counted. */
export const MAX_QUOTED_ITEMS = 3

/**
 * Quotes a value so that it can stand in a message: without control characters, not too long, and without the parts of
 * a URL that may be secret, which are what stands before an `@` and in a query.
 */
export function quote(value: string): string {
  const shown = withoutSecrets(value)
  return JSON.stringify(shown.length > MAX_QUOTED_CHARACTERS ? `${shown.slice(0, MAX_QUOTED_CHARACTERS)}…` : shown)
}

/** Quotes the first items of a list, and says how many more there are. */
function quoteSome(items: readonly string[]): string {
  const more = items.length - MAX_QUOTED_ITEMS
  const quoted = items.slice(0, MAX_QUOTED_ITEMS).map(quote).join(', ')
  return more > 0 ? `${quoted} and ${more} more` : quoted
}

/**
 * The value need not be a valid URL, so nothing parses it: what stands before the last `@` is left out, but for a
 * scheme, and so is a query.
 */
function withoutSecrets(value: string): string {
  const at = value.lastIndexOf('@')
  const schemeEnd = value.indexOf('://') + 3
  const scheme = schemeEnd >= 3 && schemeEnd <= at ? value.slice(0, schemeEnd) : ''
  const rest = at > 0 ? `${scheme}…${value.slice(at)}` : value
  const query = rest.indexOf('?')
  return query === -1 || query === rest.length - 1 ? rest : `${rest.slice(0, query)}?…`
}

/** Asks whether other items were meant, or asks nothing where there are no suggestions. */
export function didYouMean(suggestions: readonly (string | undefined)[]): string {
  const different = [...new Set(suggestions.filter((suggestion) => suggestion !== undefined))]
  return different.length === 0 ? '' : `; did you mean ${quoteSome(different)}?`
}

/**
 * Returns the problem that items of a list are ignored, or none if there are no such items. However many they are, they
 * are one problem.
 */
export const problemWith = (items: readonly string[], reason: string): string[] =>
  items.length === 0 ? [] : [`has ${quoteSome(items)}, ignored: ${reason}`]
