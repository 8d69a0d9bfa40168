import { dirname, isAbsolute, join, sep } from 'node:path'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import { type Origin, unpatchedFs } from '@agentgateway-otel/processes'
import { MAX_ATTRIBUTE_LENGTH } from './configuration/resource-attributes.ts'

const { readFileSync, realpathSync, statSync } = unpatchedFs

/** How many folders are looked into, from the script's upwards. */
const MAX_FOLDERS = 64

/** A larger package.json is passed over. */
const MAX_BYTES = 1024 * 1024

/** The key under which worker threads find the name, whose own script may be in another package. */
const THREADS_KEY = 'agentgateway-otel.package-name'

/**
 * Returns the name of the app's package: that of the nearest package.json with a name, in the script's folder or above
 * it. A script in `node_modules`, such as a framework's command, is not the app: that is the package with this folder, or
 * one within it that the process runs in, as in a monorepo. Where neither has a name, as with commands that are
 * installed globally, it is the package that the process runs in. A worker thread has the name of its process.
 *
 * @returns undefined where no script runs (`node -e`, the REPL), where there is no such file, and where the nearest one
 *   cannot be read or has a name that cannot be used.
 */
export function packageName(origin: Pick<Origin, 'cwd' | 'entry'>, execArgv: readonly string[]): string | undefined {
  if (!isMainThread) {
    const inherited = getEnvironmentData(THREADS_KEY)
    if (typeof inherited === 'string') return inherited || undefined
  }
  const name = packageOf(origin, execArgv)?.name
  // The app sees no environment data whose key it does not know, and no process that it starts inherits them.
  setEnvironmentData(THREADS_KEY, name ?? '')
  return name
}

/** A package's name, and the package.json that has it. */
export interface NamedPackage {
  readonly name: string
  readonly file: string
}

/** Returns the app's package, which `packageName` names. */
export function packageOf(
  origin: Pick<Origin, 'cwd' | 'entry'>,
  execArgv: readonly string[],
): NamedPackage | undefined {
  return runsScript(origin.entry, execArgv) ? packageOfApp(origin) : undefined
}

const EVALUATES = /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/

/** With `node -e` the first argument is the app's own. A single executable has its own path there. */
const runsScript = (entry: string, execArgv: readonly string[]) =>
  isAbsolute(entry) && entry !== process.execPath && !execArgv.some((argument) => EVALUATES.test(argument))

const MODULES = `${sep}node_modules${sep}`

const isInModules = (path: string) => path.includes(MODULES)

function packageOfApp({ cwd, entry }: Pick<Origin, 'cwd' | 'entry'>): NamedPackage | undefined {
  try {
    const script = resolveLinks(entry)
    if (!isInModules(script)) return packageAbove(script)
    // The link is in the app's own folder; the file may be in one that apps have in common.
    const path = isInModules(entry) ? entry : script
    const app = path.slice(0, path.indexOf(MODULES)) || sep
    const isCwdInModules = isInModules(`${cwd}${sep}`)
    const isInApp = !isCwdInModules && `${cwd}${sep}`.startsWith(app === sep ? sep : `${app}${sep}`)
    // What is above the app's folder is not the app's: nvm, which has Node's global packages, has a package.json too.
    return packageAbove(isInApp ? cwd : app, app) ?? (isCwdInModules ? undefined : packageAbove(cwd))
  } catch {
    return undefined
  }
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    // `node app` may run app.js.
    return path
  }
}

/**
 * Returns the nearest package.json that has a name, in this folder or above it. Those without a name do not
 * count: most of them only say of which kind the modules in their folder are.
 *
 * @param path a folder, or a file, which has no files in it.
 * @param last the uppermost folder that may have the name. Default: the root.
 * @throws Error when the nearest package.json cannot be read.
 */
function packageAbove(path: string, last?: string): NamedPackage | undefined {
  let folder = path
  for (let i = 0; i < MAX_FOLDERS; i++) {
    const file = join(folder, 'package.json')
    const name = nameIn(file)
    if (name !== undefined) return { name, file }
    const parent = dirname(folder)
    if (folder === last || parent === folder) return undefined
    folder = parent
  }
  return undefined
}

/** @throws Error when the file cannot be read, or has a name that cannot be used. */
function nameIn(file: string): string | undefined {
  // It is undefined where there is no such file, or no such folder.
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  // A pipe without a writer would hold the process.
  if (!stats.isFile() || stats.size > MAX_BYTES) throw new Error(`${file} is not a file of at most ${MAX_BYTES} bytes`)
  const { name } = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, '')) as { name?: unknown }
  if (name === undefined || (typeof name === 'string' && name.trim() === '')) return undefined
  if (typeof name !== 'string' || name.length > MAX_ATTRIBUTE_LENGTH || !name.isWellFormed()) {
    throw new Error(`${file} has a name that cannot be used`)
  }
  return name
}
