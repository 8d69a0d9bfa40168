import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from '../../configuration/configuration.ts'
import { quote } from '../../configuration/quote.ts'
import { CommandError } from '../command-error.ts'
import type { AppCommand } from './app-command.ts'

export interface AppEnvironment {
  readonly environment: Environment
  /** The files that variables come from, by the variables' names. */
  readonly files: ReadonlyMap<string, string>
}

/**
 * Returns the environment that an app would have: this one, and the variables of its `--env-file`s, of which the last file
 * counts, after what is set already.
 *
 * @throws CommandError when a file cannot be read, with which Node.js would not start
 */
export function environmentOf(
  { envFiles }: Pick<AppCommand, 'envFiles'>,
  folder: string,
  own: Environment,
): AppEnvironment {
  const added = new Map<string, string | undefined>()
  const files = new Map<string, string>()
  for (const { path, mayBeMissing } of envFiles) {
    for (const [name, value] of Object.entries(parseEnv(readEnvFile(resolve(folder, path), mayBeMissing)))) {
      if (own[name] !== undefined) continue
      added.set(name, value)
      files.set(name, path)
    }
  }
  return { environment: { ...own, ...Object.fromEntries(added) }, files }
}

function readEnvFile(path: string, mayBeMissing: boolean): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && mayBeMissing) return ''
    throw new CommandError(`--env-file ${quote(path)} cannot be read (${code})`)
  }
}
