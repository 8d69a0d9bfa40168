/** Returns whether the words start Claude Code, which is to write its messages as lines of JSON. Other agents have that flag too. */
export const startsClaudeCode = (words: readonly string[]): boolean =>
  flagOf(words, ['--output-format']) === 'stream-json'

/** Returns whether the words start Codex, which is to write its events as lines of JSON. `e` is short for `exec`. */
export function startsCodex(words: readonly string[]): boolean {
  const index = words.findIndex((word, i) => i > 0 && (word === 'exec' || word === 'e'))
  return index !== -1 && words.some((word, i) => i > index && (word === '--json' || word === '--experimental-json'))
}

/** Returns whether a command may start an agent. What the child writes decides. */
export function isAgentCommand(command: readonly string[]): boolean {
  const words = wordsOf(command)
  return startsClaudeCode(words) || startsCodex(words)
}

const SHELL = /(?:^|[\\/])(?:(?:ba|da|z|k|a)?sh|cmd(?:\.exe)?)$/i

/** Returns the words of a command, also of one that is a text for a shell. */
export const wordsOf = (command: readonly string[]): readonly string[] =>
  SHELL.test(command[0] ?? '')
    ? (command.at(-1) ?? '').split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''))
    : command

/** Returns the value of the last of these flags in a command, as `--flag value` or as `--flag=value`. */
export function flagOf(words: readonly string[], names: readonly string[]): string | undefined {
  for (let i = words.length - 1; i > 0; i--) {
    const word = words[i] as string
    if (names.includes(words[i - 1] as string)) return word
    const name = names.find((name) => word.startsWith(`${name}=`))
    if (name !== undefined) return word.slice(name.length + 1)
  }
  return undefined
}
