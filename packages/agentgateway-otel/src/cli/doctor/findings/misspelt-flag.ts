import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quote } from '../../../configuration/quote.ts'
import type { Facts } from '../facts.ts'
import { type Finding, problem, type Result, well } from '../finding.ts'
import {
  type FlagUse,
  flagUsesOf,
  isLoaderOption,
  isPath,
  isRightModule,
  PRELOAD_OPTIONS,
  REGISTER,
  usesInNodeOptions,
} from '../launches/flag-uses.ts'
import { capitalized, places } from '../listing.ts'
import { OWN_ENVIRONMENT } from '../settings.ts'

interface Place {
  readonly source: string
  readonly cwd: string | undefined
}

export const misspeltFlag: Finding = {
  code: 'misspelt-flag',
  summary: 'The flag, or what it names, is misspelt: Node.js ends with an error, or says nothing and loads nothing',
  section: 'docs/troubleshooting.md#no-line-on-stderr-at-the-start',
  check(facts) {
    const uses = [...usesOf(facts)]
    const problems = uses.flatMap(([use, place]) => problemOf(use, place) ?? [])
    if (problems.length > 0 || uses.length === 0) return problems
    const sources = [...new Set(uses.map(([, { source }]) => source))]
    return [well(`The flag is rightly written in ${places(sources)}.`)]
  },
}

function* usesOf({ launches, settings }: Facts): Generator<readonly [FlagUse, Place]> {
  for (const launch of launches) for (const use of flagUsesOf(launch)) yield [use, launch]
  for (const { source, environment, cwd } of settings) {
    if (source !== OWN_ENVIRONMENT) continue
    for (const use of usesInNodeOptions(environment.NODE_OPTIONS)) yield [use, { source: 'NODE_OPTIONS', cwd }]
  }
}

const RIGHT = `write --import ${REGISTER}`

function problemOf({ option, specifier, isInNodeOptions }: FlagUse, { source, cwd }: Place): Result | undefined {
  const text = quote(specifier)
  const where = isInNodeOptions && source !== 'NODE_OPTIONS' ? `NODE_OPTIONS of ${source}` : source
  const begin = capitalized(where)
  if (option === undefined) {
    return isInNodeOptions
      ? problem(
          `${begin} has ${text} without --import before it, which Node.js ignores without a word.`,
          `In NODE_OPTIONS ${RIGHT}.`,
        )
      : problem(
          `${begin} has ${text} without --import before it, which Node.js takes for the app's script.`,
          `Before the script ${RIGHT}.`,
        )
  }
  if (/^['"]/.test(option)) {
    const consequence = option.startsWith("'")
      ? 'which Node.js ignores without a word'
      : 'which ends Node.js with "is not allowed in NODE_OPTIONS"'
    return problem(
      `${begin} has quotes around ${option.slice(1)} and ${text}, ${consequence}.`,
      'Write NODE_OPTIONS without quotes within its value; in YAML, put the quotes around the whole item.',
    )
  }
  if (isLoaderOption(option)) {
    return problem(
      `${begin} gives ${text} to ${option}, which loads it in a thread for module hooks, where it starts no metrics and says nothing.`,
      `Instead of ${option} ${RIGHT}.`,
    )
  }
  if (!PRELOAD_OPTIONS.has(option)) {
    const error = isInNodeOptions ? 'is not allowed in NODE_OPTIONS' : 'bad option'
    return problem(`${begin} has ${quote(option)}, with which Node.js ends (${error}).`, `Instead ${RIGHT}.`)
  }
  if (isRightModule(specifier)) return undefined
  if (!isPath(specifier)) {
    return problem(
      `${begin} preloads ${text}, which does not exist: Node.js ends before the app's first line.`,
      `Instead of ${text} write ${REGISTER}.`,
    )
  }
  if (cwd === undefined || existsSync(pathOf(specifier, cwd))) return undefined
  return problem(
    `${begin} preloads the file ${text}, which does not exist: Node.js ends before the app's first line.`,
    `The file is node_modules/agentgateway-otel/dist/register.js, in the directory where the package is installed.`,
  )
}

function pathOf(specifier: string, cwd: string): string {
  try {
    return /^file:/i.test(specifier) ? fileURLToPath(specifier) : resolve(cwd, specifier)
  } catch {
    return ''
  }
}
