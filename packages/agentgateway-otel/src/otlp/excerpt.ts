const MAX_CHARACTERS = 200

/** Returns the beginning of a text of the collector's, fit to stand in a line for the terminal. */
export function excerpt(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim()
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line
}
