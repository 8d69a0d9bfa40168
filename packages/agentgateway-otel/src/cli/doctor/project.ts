import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { quote } from '../../configuration/quote.ts'
import type { Launch } from './launches/launch.ts'
import { parseShellCommands } from './launches/shell-commands.ts'

/** The package that a directory is in. */
export interface Project {
  readonly directory: string
  readonly name: string | undefined
  /** All packages that package.json depends on, in whichever way. */
  readonly dependencies: ReadonlySet<string>
  /** The commands in the scripts of package.json. */
  readonly launches: readonly Launch[]
}

/** A larger package.json is passed over. */
const MAX_BYTES = 1024 * 1024

const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/** Reads the nearest package.json, in this directory or above it. @returns undefined where there is none that can be read */
export function readProject(directory: string): Project | undefined {
  for (const folder of foldersUpwards(directory)) {
    const content = readJson(join(folder, 'package.json'))
    if (content === undefined) continue
    const { name, scripts } = content
    return {
      directory: folder,
      name: typeof name === 'string' && name.trim() !== '' ? name : undefined,
      dependencies: new Set(DEPENDENCIES.flatMap((field) => Object.keys(objectOf(content[field])))),
      launches: Object.entries(objectOf(scripts)).flatMap(([script, text]) =>
        typeof text === 'string'
          ? parseShellCommands(text, { source: `the script ${quote(script)} of package.json`, cwd: folder })
          : [],
      ),
    }
  }
  return undefined
}

/** Returns the version of a package that is installed for a directory; undefined where it is not. */
export function installedVersion(name: string, directory: string): string | undefined {
  for (const folder of foldersUpwards(directory)) {
    const version = readJson(join(folder, 'node_modules', name, 'package.json'))?.version
    if (typeof version === 'string') return version
  }
  return undefined
}

/** Returns the directory and those above it. */
export function* foldersUpwards(directory: string): Generator<string> {
  for (let folder = directory; ; folder = dirname(folder)) {
    yield folder
    if (dirname(folder) === folder) return
  }
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // A pipe without a writer would hold the process.
    const stats = statSync(file)
    if (!stats.isFile() || stats.size > MAX_BYTES) return undefined
    return objectOf(JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, '')))
  } catch {
    return undefined
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
