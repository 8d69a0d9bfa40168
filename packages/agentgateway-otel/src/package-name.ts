import { dirname, join, sep } from 'node:path'
import { unpatchedFs } from '@agentgateway-otel/processes'

/** The longest name that npm accepts is shorter than this. */
const MAX_NAME_LENGTH = 255
const MAX_BYTES = 1024 * 1024
const MAX_FOLDERS = 64

/**
 * Returns the name of the app that a script is of, from its package.json: the nearest one above the script. A script
 * in a `node_modules` folder is a tool that runs the app (`node node_modules/next/dist/bin/next`), so there it is the
 * package that has the folder; in a monorepo, where packages have tools in common, the one among them that the process
 * runs in.
 *
 * A package.json without a name, scripts and dependencies is passed over: compilers write such a file beside their
 * output, to say whether it has ES modules. With some of them but no name it is the app's, which has no name then.
 *
 * @param script an absolute path, as `process.argv` has it
 * @returns undefined where there is no name, or the nearest package.json cannot be read
 */
export function packageNameOf(script: string, cwd: string): string | undefined {
  try {
    const file = resolveLinks(script)
    if (!isDependency(file)) return nameAbove(isFolder(file) ? file : dirname(file))
    // The link is in the app's folder; the file may be in one that apps have in common.
    const app = folderWithDependencies(isDependency(script) ? script : file)
    const isInApp = cwd.startsWith(app.endsWith(sep) ? app : app + sep) && !isDependency(cwd)
    return nameAbove(isInApp ? cwd : app, app)
  } catch {
    return undefined
  }
}

/** Returns the name of the nearest package above, at most up to the last folder. */
function nameAbove(folder: string, last?: string): string | undefined {
  for (let count = 0; count < MAX_FOLDERS; count++) {
    const manifest = readManifest(folder)
    if (manifest !== undefined) {
      const { name, scripts, dependencies } = manifest
      if (isName(name)) return name
      if (name !== undefined || scripts !== undefined || dependencies !== undefined) return undefined
    }
    const parent = dirname(folder)
    if (folder === last || folder === parent) return undefined
    folder = parent
  }
  return undefined
}

const isName = (name: unknown): name is string =>
  typeof name === 'string' && name.trim() !== '' && name.length <= MAX_NAME_LENGTH && name.isWellFormed()

/**
 * Reads a package.json.
 *
 * @returns undefined where there is none
 * @throws Error when it cannot be read, or is not an object
 */
function readManifest(folder: string): Readonly<Record<string, unknown>> | undefined {
  const path = join(folder, 'package.json')
  const stats = statsOf(path)
  if (stats === undefined) return undefined
  // A pipe without a writer would hold the process.
  if (!stats.isFile() || stats.size > MAX_BYTES) throw new Error(`${path} is too long, or not a file`)
  const manifest: unknown = JSON.parse(unpatchedFs.readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  if (typeof manifest !== 'object' || manifest === null) throw new Error(`${path} has no object`)
  return manifest as Record<string, unknown>
}

function statsOf(path: string) {
  try {
    return unpatchedFs.statSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

const isFolder = (path: string) => statsOf(path)?.isDirectory() === true

const NODE_MODULES = /[\\/]node_modules(?:[\\/]|$)/

const isDependency = (path: string) => NODE_MODULES.test(path)

/** Returns the folder that has the outermost `node_modules` of a path. */
const folderWithDependencies = (path: string) => path.slice(0, path.search(NODE_MODULES)) || sep

/** The path may lack the extension that Node.js looks for. */
function resolveLinks(path: string): string {
  try {
    return unpatchedFs.realpathSync(path)
  } catch {
    return path
  }
}
