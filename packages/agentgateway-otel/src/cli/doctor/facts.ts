import type { Environment } from '../../configuration/configuration.ts'
import type { EndpointOptions } from '../endpoint/target.ts'
import { lookAtEndpoint, type SeenEndpoint } from './endpoint.ts'
import { flagUsesOf, isRightUse } from './launches/flag-uses.ts'
import type { Launch } from './launches/launch.ts'
import { parseCommand, parseShellCommands } from './launches/shell-commands.ts'
import { readStartFiles } from './launches/start-files.ts'
import { type Listener, listenersOn } from './machine/listeners.ts'
import { hasProcessTable, readProcesses, type SeenProcess } from './machine/process-table.ts'
import { type Project, readProject } from './project.ts'
import { type Setting, settingOf, settingsOf } from './settings.ts'

/** Everything that findings look at. */
export interface Facts {
  readonly directory: string
  readonly project: Project | undefined
  /** The start command that was given; undefined where none was. */
  readonly command: readonly Launch[] | undefined
  /** The start command, those of package.json and other files, and the processes. */
  readonly launches: readonly Launch[]
  /** The environments that an app has or would have, the app's own first. */
  readonly settings: readonly [Setting, ...Setting[]]
  /** The processes that run in the project's directory or below it; undefined where they cannot be seen. */
  readonly processes: readonly SeenProcess[] | undefined
  /** Those of them that are to preload this package. */
  readonly preloaded: readonly PreloadedProcess[]
  readonly endpoint: SeenEndpoint
  /** What listens on the port of the endpoint, if it is of this machine; undefined where that cannot be seen. */
  readonly listeners: readonly Listener[] | undefined
}

/** A process that is to preload this package, and what it is configured to do. */
export interface PreloadedProcess extends SeenProcess {
  readonly setting: Setting
}

export interface DoctorOptions {
  readonly endpoint: EndpointOptions
  /** The words of the start command; empty where none was given. */
  readonly command: readonly string[]
  readonly directory: string
  readonly environment: Environment
}

/** Looks at this directory, the environment, the start command, the processes and the endpoint. It runs nothing of the app. */
export async function gatherFacts({
  endpoint: options,
  command: words,
  directory,
  environment,
}: DoctorOptions): Promise<Facts> {
  const project = readProject(directory)
  const root = project?.directory ?? directory
  const command = words.length === 0 ? undefined : readCommand(words, directory)
  const written = [...(command ?? []), ...(project?.launches ?? []), ...readStartFiles(root)]

  const all = readProcesses()
  const processes = all.filter(({ cwd }) => cwd === root || cwd.startsWith(root === '/' ? root : `${root}/`))
  const preloaded = processes
    .filter(({ launch }) => flagUsesOf(launch).some(isRightUse))
    .map((seen) => ({ ...seen, setting: settingOf(seen.launch, seen.environment, seen.cwd) }))

  const settings = settingsOf({ command, written, preloaded, environment, directory })
  // A token of a process is for that process, not for whatever URL is given.
  const endpoint = await lookAtEndpoint(options, options.url === undefined ? settings[0].environment : environment)
  return {
    directory,
    project,
    command,
    launches: [...written, ...distinctLaunches(processes)],
    settings,
    processes: hasProcessTable ? processes : undefined,
    preloaded,
    endpoint,
    listeners: endpoint.localPort === undefined ? undefined : listenersOn(endpoint.localPort),
  }
}

/** The words may be those of a command, or one text that a shell would split. */
function readCommand(words: readonly string[], cwd: string): readonly Launch[] {
  const place = { source: 'the start command', cwd }
  const [first = '', ...rest] = words
  return rest.length === 0 ? parseShellCommands(first, place) : parseCommand(words, place)
}

/** The workers of an app are all started alike, and would all say the same. */
function distinctLaunches(processes: readonly SeenProcess[]): Iterable<Launch> {
  const launches = new Map<string, Launch>()
  for (const { launch } of processes) {
    const { options, script, args, cwd, environment } = launch
    const key = JSON.stringify([options, script, args, cwd, environment])
    if (!launches.has(key)) launches.set(key, launch)
  }
  return launches.values()
}
