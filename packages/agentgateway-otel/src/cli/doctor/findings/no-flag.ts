import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Facts } from '../facts.ts'
import { type Finding, hint } from '../finding.ts'
import { flagUsesBehind, flagUsesOf, PACKAGE, REGISTER, usesInNodeOptions } from '../launches/flag-uses.ts'
import type { Launch } from '../launches/launch.ts'
import { foldersUpwards } from '../project.ts'

export const noFlag: Finding = {
  code: 'no-flag',
  summary: 'The package is installed, or a start command is given, but nothing loads it before the app',
  section: 'README.md#in-production',
  check(facts) {
    const { command, project, endpoint, directory } = facts
    if (hasFlag(facts) || endpoint.families !== undefined) return []
    const advice = `Write node --import ${REGISTER} app.js, or set NODE_OPTIONS="--import ${REGISTER}" for a command that starts the app. The first line of the app may import ${REGISTER} as well.`
    if (command !== undefined) {
      return command.some(mentionsPackage)
        ? []
        : [
            hint(
              'Neither the start command nor NODE_OPTIONS has the flag, so that the app starts without metrics.',
              advice,
            ),
          ]
    }
    const isInstalled =
      project?.dependencies.has(PACKAGE) ||
      [...foldersUpwards(directory)].some((folder) => existsSync(join(folder, 'node_modules', PACKAGE)))
    return isInstalled
      ? [hint(`${PACKAGE} is installed, but no script of package.json and no process here has the flag.`, advice)]
      : []
  },
}

/** How much of a script is read. An import that has to be the first line is in it. */
const MAX_BYTES = 64 * 1024

/** Whether the script of a launch names the package, as one does that imports it. */
function mentionsPackage({ script, cwd }: Launch): boolean {
  if (script === undefined || cwd === undefined) return false
  try {
    const fd = openSync(resolve(cwd, script), 'r')
    try {
      const buffer = Buffer.alloc(MAX_BYTES)
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, MAX_BYTES, 0)).includes(PACKAGE)
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}

/** Whether the flag is anywhere, even where it has no effect: that is a finding of its own. */
function hasFlag({ command, launches, project, settings }: Facts): boolean {
  const runsScripts = command?.some(({ program }) => program === 'runner') ?? false
  const all = command === undefined ? launches : runsScripts ? [...command, ...(project?.launches ?? [])] : command
  return (
    all.some((launch) => flagUsesOf(launch).length + flagUsesBehind(launch).length > 0) ||
    settings.some(({ environment }) => usesInNodeOptions(environment.NODE_OPTIONS).length > 0)
  )
}
