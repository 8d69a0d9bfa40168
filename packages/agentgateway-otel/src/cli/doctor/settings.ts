import type { Configuration, Environment } from '../../configuration/configuration.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { CommandError } from '../command-error.ts'
import { parseAppCommand } from '../config/app-command.ts'
import { environmentOf } from '../config/app-environment.ts'
import { flagUsesOf, isRightUse } from './launches/flag-uses.ts'
import type { Launch } from './launches/launch.ts'

/** An environment, and what it configures. */
export interface Setting {
  /** Where it was found, as a message names it. */
  readonly source: string
  readonly environment: Environment
  readonly configuration: Configuration
  /** Where relative paths start from. */
  readonly cwd: string
  /** Why an `--env-file` cannot be read, with which Node.js does not start. */
  readonly envFileProblem: string | undefined
}

/** The name of the environment of this command itself, as a message has it. */
export const OWN_ENVIRONMENT = 'the environment'

interface Sources {
  readonly command: readonly Launch[] | undefined
  /** All commands that are written down, the start command among them. */
  readonly written: readonly Launch[]
  readonly preloaded: readonly { readonly setting: Setting }[]
  readonly environment: Environment
  readonly directory: string
}

/**
 * Returns the environments that an app has or would have: the one of the start command comes first, or else that of a process,
 * or else that of this command.
 */
export function settingsOf(sources: Sources): readonly [Setting, ...Setting[]] {
  const { command = [], written, preloaded, environment, directory } = sources
  const settingOfLaunch = (launch: Launch) => {
    // What a file starts in a container does not have the environment of this machine.
    const inherited = launch.cwd === undefined ? {} : environment
    return settingOf(launch, { ...inherited, ...launch.environment }, launch.cwd ?? directory)
  }
  const ofCommand = command.filter(hasOwnVariables).map(settingOfLaunch)
  // The workers of an app have the same variables, and would all say the same.
  const ofProcesses = [...new Map(preloaded.map(({ setting }) => [keyOf(setting), setting])).values()]
  const ofOthers = written
    .filter((launch) => !command.includes(launch) && hasOwnVariables(launch) && isToBePreloaded(launch, written))
    .map(settingOfLaunch)
  const own = settingOf({ source: OWN_ENVIRONMENT, options: [] }, environment, directory)
  const [first, ...others] = [...ofCommand, ...ofProcesses]
  return first === undefined ? [own, ...ofOthers] : [first, ...others, own, ...ofOthers]
}

/** What tells two processes apart, as far as their configuration goes. */
const keyOf = ({ source, environment, cwd, configuration }: Setting) =>
  JSON.stringify([source.replace(/^process \d+/, ''), configuration, environment.NODE_OPTIONS, cwd])

/** Returns what an environment configures. @param options the flags of Node.js, which may name files of variables */
export function settingOf(
  { source, options }: Pick<Launch, 'source' | 'options'>,
  environment: Environment,
  cwd: string,
): Setting {
  const settingWith = (all: Environment, envFileProblem?: string): Setting => ({
    source,
    environment: all,
    configuration: readConfiguration(all),
    cwd,
    envFileProblem,
  })
  try {
    return settingWith(environmentOf({ envFiles: envFilesOf(options, cwd) }, cwd, environment).environment)
  } catch (error) {
    if (error instanceof CommandError) return settingWith(environment, error.message)
    throw error
  }
}

const envFilesOf = (options: readonly string[], cwd: string) => parseAppCommand(['node', ...options], cwd).envFiles

/** Whether a command sets more than NODE_OPTIONS, itself or by a file. */
const hasOwnVariables = ({ environment, options }: Launch) =>
  Object.keys(environment).some((name) => name !== 'NODE_OPTIONS') || envFilesOf(options, '/').length > 0

/** Whether what was written in this place has the flag, in this command or in another one of the same place. */
const isToBePreloaded = ({ source }: Launch, written: readonly Launch[]) =>
  written.some((launch) => launch.source === source && flagUsesOf(launch).some(isRightUse))
