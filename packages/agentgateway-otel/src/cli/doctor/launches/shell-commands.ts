import { join } from 'node:path'
import { parse } from 'shell-quote'
import { type Launch, parseLaunch } from './launch.ts'

/** How deep commands within commands are read: `sh -c "concurrently 'node app.js'"` has three. */
const MAX_DEPTH = 3

/** A longer text is no command that anybody has written. */
const MAX_CHARACTERS = 10_000

/**
 * Returns the launches that a text of a shell has, such as a script of package.json. It is read, never run: variables stay as
 * they are written.
 */
export function parseShellCommands(
  text: string,
  { source, cwd }: Pick<Launch, 'source' | 'cwd'>,
  depth = 0,
): readonly Launch[] {
  if (depth === MAX_DEPTH || text.length > MAX_CHARACTERS) return []
  const launches: Launch[] = []
  let directory = cwd
  for (const words of simpleCommands(text)) {
    const [program, folder] = words
    if (program === 'cd' && folder !== undefined) {
      directory = directory === undefined || folder.includes('$') ? undefined : join(directory, folder)
      continue
    }
    launches.push(...parseCommand(words, { source, cwd: directory }, depth))
  }
  return launches
}

/** Returns the launch that words are, and those in words that are commands themselves: `sh -c 'node app.js'`. */
export function parseCommand(
  words: readonly string[],
  place: Pick<Launch, 'source' | 'cwd'>,
  depth = 0,
): readonly Launch[] {
  const launch = parseLaunch(words, place)
  const isKnown = launch !== undefined && launch.program !== 'other'
  const nested = isKnown
    ? []
    : words.filter((word) => /\s/.test(word)).flatMap((word) => parseShellCommands(word, place, depth + 1))
  return launch === undefined ? nested : [launch, ...nested]
}

/** Splits a text at `&&`, `;`, `|` and the like. What is left of each part is its words, without redirections. */
function simpleCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  try {
    for (const entry of parse(text, (name) => `$${name}`)) {
      if (typeof entry === 'string') commands.at(-1)?.push(entry)
      else if ('pattern' in entry) commands.at(-1)?.push(entry.pattern)
      else if ('op' in entry && /^[|&;()]+$/.test(entry.op)) commands.push([])
    }
  } catch {
    // It is not the language of a shell, or not a part of it that is known here.
  }
  return commands.filter((words) => words.length > 0)
}
