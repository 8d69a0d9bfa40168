import type { Facts } from './facts.ts'
import { flagUsesOf, PACKAGE } from './launches/flag-uses.ts'
import { type Launch, programOf } from './launches/launch.ts'
import { pathOfProgram, versionOfNode } from './machine/node-versions.ts'
import { OWN_RUNTIME } from './own-runtime.ts'

/** What runs an app. */
export interface Runtime {
  /** Where that is seen, as a message names it. */
  readonly source: string
  readonly runtime: 'node' | 'bun' | 'deno'
  /** The version of Node.js, such as `22.15.0`; undefined where it is not known. */
  readonly version: string | undefined
}

/**
 * Returns what runs the app: of the start command, of the scripts of package.json that have the flag, of the processes
 * that have it, and of the one that responds. Without any of these it is the Node.js that runs this.
 */
export function appRuntimes({
  command = [],
  project,
  preloaded,
  settings,
  endpoint,
  processes = [],
}: Facts): readonly Runtime[] {
  const [{ environment }] = settings
  const scripts = (project?.launches ?? []).filter(namesPackage)
  const written = [...command, ...scripts].flatMap(({ source, program, programPath }): Runtime[] => {
    if (program === 'bun' || program === 'deno') return [{ source, runtime: program, version: undefined }]
    if (program === 'other') return []
    const path = pathOfProgram(program === 'node' ? programPath : 'node', environment)
    return path === undefined ? [] : [{ source, runtime: 'node', version: versionOfNode(path) }]
  })
  const running = processes
    .filter((seen) => preloaded.some(({ pid }) => pid === seen.pid) || namesPackage(seen.launch))
    .map(({ launch: { source }, executable }): Runtime => {
      const program = programOf(executable)
      if (program === 'bun' || program === 'deno') return { source, runtime: program, version: undefined }
      return { source, runtime: 'node', version: versionOfNode(executable) }
    })
  const { status } = endpoint
  const responding: readonly Runtime[] =
    status === undefined
      ? []
      : [{ source: 'the app that responds', runtime: 'node', version: status.node.replace(/^v/, '') }]
  const all = [...written, ...running, ...responding]
  return all.length > 0 ? all : [{ source: 'this command', runtime: OWN_RUNTIME, version: process.versions.node }]
}

/** Whether a launch is to have the flag, also where its program has another one for it. */
const namesPackage = (launch: Launch) =>
  flagUsesOf(launch).length > 0 || launch.args.some((word) => word.includes(PACKAGE) && !word.includes('cli.cjs'))
