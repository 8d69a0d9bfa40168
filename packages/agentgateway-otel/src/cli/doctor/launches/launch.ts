import { basename } from 'node:path'
import { REGISTER_URL } from '../../../register-url.ts'
import { EVALUATES, FLAGS_WITH_VALUE } from '../../node-flags.ts'

/** One way in which the app is started: as somebody wrote it down, or as a process runs. */
export interface Launch {
  /** Where it was found, as a message names it: `the script "start" of package.json`. */
  readonly source: string
  readonly program: Program
  /** The program as it was written, which may be a path. */
  readonly programPath: string
  /** The options before the script. */
  readonly options: readonly string[]
  /** The script that Node.js runs; undefined where there is none, or where the program is not known. */
  readonly script: string | undefined
  /** What stands behind the script, or behind the name of a program that is not known. */
  readonly args: readonly string[]
  /** The variables that the command itself sets. */
  readonly environment: Readonly<Record<string, string>>
  /** The directory that it runs in; undefined where that is not known. */
  readonly cwd: string | undefined
}

/** What a command starts. `runner` runs a script of package.json; `other` is a program of which nothing is known. */
export type Program = 'node' | 'tsx' | 'bun' | 'deno' | 'runner' | 'other'

const PROGRAMS: Readonly<Record<string, Program>> = {
  node: 'node',
  nodejs: 'node',
  tsx: 'tsx',
  bun: 'bun',
  deno: 'deno',
  npm: 'runner',
  pnpm: 'runner',
  yarn: 'runner',
}

/** Returns which program a path runs. */
export const programOf = (path: string): Program =>
  PROGRAMS[
    basename(path.replaceAll('\\', '/'))
      .toLowerCase()
      .replace(/\.(?:exe|cmd)$/, '')
  ] ?? 'other'

/** Programs that only start the one that their arguments name. */
const PREFIXES: ReadonlySet<string> = new Set([
  ...[
    'env',
    'cross-env',
    'cross-env-shell',
    'exec',
    'nohup',
    'time',
    'sudo',
    'tini',
    'dumb-init',
    'npx',
    'pnpx',
    'bunx',
  ],
])

const ASSIGNMENT = /^(?<name>[A-Za-z_]\w*)=(?<value>.*)$/s

/** Reads the words of one command. @returns undefined where they start nothing */
export function parseLaunch(
  words: readonly string[],
  { source, cwd }: Pick<Launch, 'source' | 'cwd'>,
): Launch | undefined {
  const environment: Record<string, string> = {}
  let at = 0
  for (let isInPrefix = false; at < words.length; at++) {
    const word = words[at] as string
    const { name, value } = ASSIGNMENT.exec(word)?.groups ?? {}
    if (name !== undefined && value !== undefined) environment[name] = value
    else if (PREFIXES.has(basename(word))) isInPrefix = true
    else if (basename(word) === 'agentgateway-otel' && words[at + 1] === 'run') {
      environment.NODE_OPTIONS = `--import ${REGISTER_URL}`
      isInPrefix = true
      at++
    } else if (!isInPrefix || !word.startsWith('-')) break
  }
  const programPath = words[at]
  if (programPath === undefined) return undefined
  const program = programOf(programPath)
  const rest = words.slice(at + 1)
  const common = { source, cwd, program, programPath, environment }
  if (program !== 'node' && program !== 'tsx') return { ...common, options: [], script: undefined, args: rest }
  return { ...common, ...splitAtScript(rest) }
}

function splitAtScript(words: readonly string[]): Pick<Launch, 'options' | 'script' | 'args'> {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string
    if (FLAGS_WITH_VALUE.has(word)) at++
    else if (EVALUATES.test(word)) return { options: words.slice(0, at), script: undefined, args: [] }
    else if (word === '--' || !word.startsWith('-')) {
      const start = word === '--' ? at + 1 : at
      return { options: words.slice(0, at), script: words[start], args: words.slice(start + 1) }
    }
  }
  return { options: words, script: undefined, args: [] }
}
