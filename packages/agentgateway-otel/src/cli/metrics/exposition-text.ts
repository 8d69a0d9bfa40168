/**
 * Returns the lines of these families as the endpoint wrote them. A family's lines are its comments and, after them, its
 * samples.
 */
export function textOfFamilies(exposition: string, names: ReadonlySet<string>): string {
  const lines: string[] = []
  let current = ''
  for (const line of exposition.split('\n')) {
    if (line === '') continue
    const [, commented] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? []
    const name = commented ?? /^[^{\s]+/.exec(line)?.[0] ?? ''
    if (commented !== undefined || !isSampleOf(current, name)) current = name
    if (names.has(current)) lines.push(line)
  }
  return lines.map((line) => `${line}\n`).join('')
}

const isSampleOf = (family: string, name: string) =>
  name.startsWith(family) && /^(?:_bucket|_sum|_count)?$/.test(name.slice(family.length))
