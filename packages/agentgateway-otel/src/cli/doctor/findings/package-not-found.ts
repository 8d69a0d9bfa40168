import { existsSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Facts } from '../facts.ts'
import { type Finding, problem, type Result, well } from '../finding.ts'
import { flagUsesOf, isRightModule, isRightUse, PACKAGE, usesInNodeOptions } from '../launches/flag-uses.ts'
import { capitalized } from '../listing.ts'
import { foldersUpwards } from '../project.ts'

export const packageNotFound: Finding = {
  code: 'package-not-found',
  summary: 'The package that the flag names is not found from the current directory, from which Node.js looks for it',
  section: 'docs/troubleshooting.md#cannot-find-package-agentgateway-otel',
  check(facts) {
    const results = new Map<string, Result>()
    for (const { source, cwd, script, isRequired } of usesOf(facts)) {
      if (results.get(cwd)?.level === 'problem') continue
      results.set(cwd, resultOf({ source, cwd, script, isRequired }))
    }
    return [...results.values()]
  },
}

interface Use {
  readonly source: string
  readonly cwd: string
  readonly script: string | undefined
  /** Whether it is by `--require`, which looks in more places than `--import`. */
  readonly isRequired: boolean
}

function* usesOf({ launches, settings }: Facts): Generator<Use> {
  for (const launch of launches) {
    const { source, cwd, script } = launch
    if (cwd === undefined) continue
    for (const use of flagUsesOf(launch)) {
      if (isRightUse(use) && isRightModule(use.specifier))
        yield { source, cwd, script, isRequired: use.option !== '--import' }
    }
  }
  for (const { source, environment, cwd } of settings) {
    for (const use of usesInNodeOptions(environment.NODE_OPTIONS)) {
      if (isRightUse(use) && isRightModule(use.specifier)) {
        yield { source: `NODE_OPTIONS of ${source}`, cwd, script: undefined, isRequired: use.option !== '--import' }
      }
    }
  }
}

function resultOf({ source, cwd, script, isRequired }: Use): Result {
  if ([...foldersUpwards(cwd)].some((folder) => existsSync(join(folder, '.pnp.cjs')))) {
    return unseenPnp(cwd)
  }
  const found = isRequired ? requiredFrom(cwd) : importedFrom(cwd)
  if (found !== undefined) return well(`The package is found from ${cwd} (${found}).`)
  const option = isRequired ? '--require' : '--import'
  const folder = script === undefined ? undefined : dirname(resolve(cwd, script))
  const file = folder === undefined ? undefined : importedFrom(folder)
  const advice =
    file === undefined
      ? `Install it there (npm install ${PACKAGE}), or start the app in the directory that has it in node_modules.`
      : `It is installed for the script: start the app in ${dirname(dirname(dirname(file)))}, or write ${option} ${join(dirname(file), 'dist', isRequired ? 'register.cjs' : 'register.js')}.`
  return problem(
    `${capitalized(source)} preloads ${PACKAGE}, and there is no such package for ${cwd}, the directory that it runs in: Node.js ends with "Cannot find ${isRequired ? 'module' : 'package'}".`,
    advice,
  )
}

const unseenPnp = (cwd: string): Result => ({
  level: 'hint',
  what: `Yarn's Plug'n'Play resolves packages in ${cwd}, which is not looked at.`,
})

/** Returns the path of the package's package.json as an ES module in this directory would find it. */
function importedFrom(directory: string): string | undefined {
  try {
    return findPackageJSON(PACKAGE, pathToFileURL(join(directory, 'file.js')))
  } catch {
    return undefined
  }
}

/** Returns the same as a CommonJS module would find it, which also looks in the directories of NODE_PATH. */
function requiredFrom(directory: string): string | undefined {
  try {
    const file = createRequire(join(directory, 'file.js')).resolve(PACKAGE)
    return join(dirname(dirname(file)), 'package.json')
  } catch {
    return undefined
  }
}
