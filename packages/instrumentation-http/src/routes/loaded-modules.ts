import diagnostics_channel from 'node:diagnostics_channel'
import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'

/** Links a context of a framework to Node's request, so that the route can be read from it when the response has ended. */
export type LinkContext = (request: object, context: object) => void

/** Sees to it that a framework's contexts are linked, given what one of its modules exports. */
export type LinkModule = (exports: object, link: LinkContext) => void

/** What Node.js publishes when `require` has returned; also for a CommonJS module that `import` loads. */
interface RequireMessage {
  /** What was required, as it is written in the code; for `import`, the path of the file. */
  readonly id: string
  readonly parentFilename?: string
  readonly result?: unknown
}

const CHANNEL = 'tracing:module.require:end'

/**
 * Calls back with what modules of frameworks export, as they are loaded, and with those that are loaded already. It sees
 * CommonJS modules only. Nothing about loading changes: Node.js itself tells of each module.
 *
 * @param modules by the end of the module's path, without its extension: `koa/lib/context`
 * @returns a function that stops it
 */
export function watchLoadedModules(
  modules: readonly (readonly [path: string, linkModule: LinkModule])[],
  link: LinkContext,
): () => void {
  /** Most modules that are loaded have another name, and cost no more than one look-up. */
  const byName = Map.groupBy(modules, ([path]) => nameOf(path))

  function onLoaded(candidates: readonly (readonly [string, LinkModule])[], file: string, exports: unknown): void {
    if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return
    const path = withoutExtension(file.replaceAll('\\', '/'))
    for (const [end, linkModule] of candidates) {
      try {
        if (path.endsWith(`/${end}`)) linkModule(exports, link)
      } catch {
        // The routes of a framework whose version has another shape are unknown.
      }
    }
  }

  function onRequire(message: unknown): void {
    const { id, parentFilename = '', result } = message as RequireMessage
    const candidates = byName.get(nameOf(id))
    if (candidates !== undefined) onLoaded(candidates, resolve(dirname(parentFilename), id), result)
  }

  for (const [file, module] of Object.entries(createRequire(process.execPath).cache)) {
    const candidates = byName.get(nameOf(file))
    if (candidates !== undefined) onLoaded(candidates, file, module?.exports)
  }
  diagnostics_channel.subscribe(CHANNEL, onRequire)
  return () => void diagnostics_channel.unsubscribe(CHANNEL, onRequire)
}

/** Returns the last part of a path, without its extension. */
function nameOf(path: string): string {
  return withoutExtension(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))
}

const withoutExtension = (path: string) => (path.endsWith('.js') ? path.slice(0, -3) : path)
