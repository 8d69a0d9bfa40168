import { nearestName } from '../../../configuration/nearest-name.ts'
import { splitNodeOptions } from '../../../preload-flag.ts'
import type { Launch } from './launch.ts'

/** The preload's package, and the module of it that starts the metrics. */
export const PACKAGE = 'agentgateway-otel'
export const REGISTER = `${PACKAGE}/register`

/** A place where somebody wants this package to be preloaded, rightly written or not. */
export interface FlagUse {
  /** The option that stands before it; undefined where there is none. */
  readonly option: string | undefined
  /** What is to be preloaded: a module of the package, or a path or a URL of its file. */
  readonly specifier: string
  /** Whether it is in NODE_OPTIONS. */
  readonly isInNodeOptions: boolean
}

/** The options that preload a module, in the thread of the app. */
export const PRELOAD_OPTIONS: ReadonlySet<string> = new Set(['--import', '--require', '-r'])

const LOADER_OPTIONS = ['--loader', '--experimental-loader']

/** Whether the option loads the module only as a hook of other modules, in a thread of its own. */
export const isLoaderOption = (option: string | undefined): boolean => LOADER_OPTIONS.includes(option ?? '')

/** How many characters of an option may be wrong. */
const MAX_OPTION_CHANGES = 3

/** Whether somebody who wrote this option meant to preload a module. */
const meansPreload = (option: string): boolean =>
  option === '-r' ||
  nearestName(option, ['--import', '--require', '--preload', ...LOADER_OPTIONS], MAX_OPTION_CHANGES) !== undefined

/** How many characters of the package's name may be wrong. */
const MAX_NAME_CHANGES = 4

/** A file of the package that starts the metrics, by its path or URL. */
const PATH_OF_FILE = /^(?:\.{0,2}[\\/]|[a-z]:[\\/]|file:).*\bagentgateway-otel\b.*\.[cm]?js$/i

export const isPath = (specifier: string): boolean => /^(?:\.{0,2}[\\/]|\.{1,2}$|[a-z]:[\\/]|file:)/i.test(specifier)

/** Whether this is a module of the package that starts the metrics, by its name. */
export const isRightModule = (specifier: string): boolean => specifier === REGISTER || specifier === PACKAGE

/** Whether somebody who wrote this meant this package. */
function meansPackage(specifier: string): boolean {
  if (PATH_OF_FILE.test(specifier)) return !/[\\/]cli\.cjs$/.test(specifier)
  if (!/^[@\w.-]+(?:\/[\w.-]+)*$/.test(specifier)) return false
  const [name = '', ...rest] = specifier.replace(/^\.\//, '').split('/')
  if (name === '@agentgateway-otel') return /^regist/.test(rest[0] ?? '')
  return nearestName(name, [PACKAGE, 'agentgateway'], MAX_NAME_CHANGES) !== undefined
}

/** Returns the uses of the flag among the options of a launch, and in the NODE_OPTIONS that it sets. */
export function flagUsesOf({ options, script, environment }: Launch): readonly FlagUse[] {
  const head = script === undefined ? options : [...options, script]
  return [...usesIn(head, false), ...usesInNodeOptions(environment.NODE_OPTIONS)]
}

/** Returns the uses of the flag among the arguments behind a script, where it has no effect. */
export const flagUsesBehind = ({ args }: Launch): readonly FlagUse[] =>
  usesIn(args, false).filter(({ option }) => PRELOAD_OPTIONS.has(option ?? ''))

/** Returns the uses of the flag in a value of NODE_OPTIONS. */
export const usesInNodeOptions = (value = ''): readonly FlagUse[] =>
  usesIn(splitNodeOptions(value).flatMap(splitQuoted), true)

/** An option and its value within one pair of quotes are one word to Node.js. The quote goes with the option, as in the text. */
function splitQuoted(word: string): readonly string[] {
  const [, option, value] = /^(-\S+)\s+(.*)$/s.exec(word) ?? []
  return option === undefined || value === undefined ? [word] : [`"${option}`, value]
}

function usesIn(words: readonly string[], isInNodeOptions: boolean): readonly FlagUse[] {
  return words.flatMap((word, index): FlagUse[] => {
    const joined = /^(?<option>-{1,2}[\w-]+)=(?<value>.+)$/s.exec(word)?.groups
    const specifier = bare(joined?.value ?? word)
    if (!meansPackage(specifier)) return []
    const before = words[index - 1]
    const option = joined?.option ?? (before !== undefined && /^['"]?-/.test(before) ? before : undefined)
    const isMeant = option === undefined ? /[\\/]regist/.test(specifier) : meansPreload(bare(option))
    return isMeant ? [{ option, specifier, isInNodeOptions }] : []
  })
}

const bare = (text: string) => text.replace(/^['"]|['"]$/g, '')

/** Whether the option and the module are what starts the metrics. A path is taken for right, whether or not it exists. */
export const isRightUse = ({ option, specifier }: FlagUse): boolean =>
  PRELOAD_OPTIONS.has(option ?? '') && (isRightModule(specifier) || (isPath(specifier) && PATH_OF_FILE.test(specifier)))
