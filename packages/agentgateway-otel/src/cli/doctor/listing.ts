import { quote } from '../../configuration/quote.ts'

/** How many items are named; further ones are counted. */
const MAX_ITEMS = 5

/** Names the first items of a list, quoted, and says how many more there are. */
export function listing(items: readonly string[]): string {
  const more = items.length - MAX_ITEMS
  const named = items.slice(0, MAX_ITEMS).map(quote).join(', ')
  return more > 0 ? `${named} and ${more} more` : named
}

/** How many places are named. */
const MAX_PLACES = 3

/** Names the first places of a list, and says how many more there are. */
export function places(sources: readonly string[]): string {
  const more = sources.length - MAX_PLACES
  const named = sources.slice(0, MAX_PLACES).join(', ')
  return more > 0 ? `${named} and ${more} more` : named
}

/** Begins a sentence with a text. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A number with the right form of what it counts: `1 call`, `2 calls`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`
