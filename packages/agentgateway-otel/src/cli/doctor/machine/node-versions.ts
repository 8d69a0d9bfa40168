import { execFileSync } from 'node:child_process'
import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Environment } from '../../../configuration/configuration.ts'
import { programOf } from '../launches/launch.ts'

/** How long `node --version` may take, in milliseconds. */
const TIMEOUT_MS = 5000

/**
 * Returns the version of the Node.js at this path, such as `22.15.0`; undefined where there is none, or where it does not say.
 * Unless it is the one that runs this, it is asked by `--version`, which runs nothing else.
 */
export function versionOfNode(path: string): string | undefined {
  if (!versions.has(path)) versions.set(path, askVersion(path))
  return versions.get(path)
}

/** What has been asked, by path. */
const versions = new Map<string, string | undefined>()

function askVersion(path: string): string | undefined {
  try {
    const file = realpathSync(path)
    if (file === realpathSync(process.execPath)) return process.versions.node
    if (programOf(path) !== 'node') return undefined
    const text = execFileSync(file, ['--version'], {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return /^v(\d+\.\d+\.\d+)/.exec(text)?.[1]
  } catch {
    return undefined
  }
}

/** Returns the path of the program that a shell would run for this name. */
export function pathOfProgram(name: string, { PATH = '' }: Environment): string | undefined {
  if (/[\\/]/.test(name)) return name
  return PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
