/** Claude Code, which is to write its messages as lines of JSON. Other agents have taken over the flag, but not the lines. */
export const CLAUDE_CODE_COMMAND = /\s--output-format[\s=]stream-json(?:\s|$)/

/** Codex, which is to write its events as lines of JSON. `e` is short for `exec`. */
export const CODEX_COMMAND = /\s(?:exec|e)\s(?:.*\s)?--(?:experimental-)?json(?:\s|$)/s

const COMMANDS = [CLAUDE_CODE_COMMAND, CODEX_COMMAND]

/** Returns whether a command may start an agent. What it writes decides. */
export function isAgentCommand(command: readonly string[]): boolean {
  const text = command.join(' ')
  return COMMANDS.some((pattern) => pattern.test(text))
}

/** Returns the words of a command, also of one that is a text for a shell. */
export const wordsOf = (command: readonly string[]): readonly string[] =>
  SHELL.test(command[0] ?? '') ? (command.at(-1) ?? '').split(/\s+/) : command

const SHELL = /(?:^|[\\/])(?:(?:ba|da|z|k|a)?sh|cmd(?:\.exe)?)$/i

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
