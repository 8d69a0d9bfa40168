import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { VARIABLES } from '../../../configuration/variables.ts'
import { type Finding, hint } from '../finding.ts'
import { REGISTER } from '../launches/flag-uses.ts'

const NAMES: ReadonlySet<string> = new Set(Object.values(VARIABLES).flatMap(({ names }) => names))

/** A larger file is passed over. */
const MAX_BYTES = 256 * 1024

export const lateVariables: Finding = {
  code: 'late-variables',
  summary:
    'Variables are in a file `.env` that the app itself loads, which is too late: they are read before its first line',
  section: 'docs/configuration.md',
  check({ directory, command, preloaded, settings: [{ environment, source }] }) {
    // Without an app it is not known whether something gives it the file.
    if (command === undefined && preloaded.length === 0) return []
    const late = namesIn(join(directory, '.env')).filter((name) => NAMES.has(name) && environment[name] === undefined)
    if (late.length === 0) return []
    return [
      hint(
        `The file .env has ${late.join(', ')}, which ${source} does not have. What the app loads from it, such as by dotenv, comes too late: variables are read before the app's first line.`,
        `Have Node.js load the file: node --env-file=.env --import ${REGISTER} app.js`,
      ),
    ]
  },
}

function namesIn(file: string): readonly string[] {
  try {
    const stats = statSync(file)
    return stats.isFile() && stats.size <= MAX_BYTES ? Object.keys(parseEnv(readFileSync(file, 'utf8'))) : []
  } catch {
    return []
  }
}
