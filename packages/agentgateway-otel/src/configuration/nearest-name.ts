/**
 * Returns the name that takes the fewest changes of single characters to get to from the text; undefined if each takes
 * more than the maximum.
 */
export function nearestName(
  text: string,
  names: Iterable<string>,
  maxChanges = Number.POSITIVE_INFINITY,
): string | undefined {
  let nearest: string | undefined
  let fewest = maxChanges + 1
  for (const name of names) {
    if (Math.abs(name.length - text.length) >= fewest) continue
    const distance = editDistance(text, name)
    if (distance >= fewest) continue
    nearest = name
    fewest = distance
  }
  return nearest
}

/** Returns the Levenshtein distance: how many characters to insert, delete or replace. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const current = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = (previous[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[j] as number) + 1, (current[j - 1] as number) + 1))
    }
    previous = current
  }
  return previous[to.length] as number
}
