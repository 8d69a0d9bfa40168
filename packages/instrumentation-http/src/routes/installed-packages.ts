import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/** Where Nitro puts a server with everything that it needs in its own files. */
const NITRO_OUTPUT = `${sep}.output${sep}server`

/**
 * Returns whether the app may use one of these packages: it is installed above the app's first script, or below what pnpm installs
 * there, or the app is a bundle, which may have any package in it. It takes a few looks at the file system.
 *
 * @param script the app's first script; without one, as with `--eval`, the working directory counts
 */
export function mayUsePackage(names: readonly string[], script = process.argv[1]): boolean {
  const start = script === undefined ? process.cwd() : dirname(resolve(script))
  if (start.includes(NITRO_OUTPUT)) return true
  let hasPackages = false
  for (let directory = start, parent = dirname(start); ; directory = parent, parent = dirname(directory)) {
    const packages = join(directory, 'node_modules')
    if (existsSync(packages)) {
      hasPackages = true
      const places = [packages, join(packages, '.pnpm', 'node_modules')]
      if (places.some((place) => names.some((name) => existsSync(join(place, name))))) return true
    }
    if (parent === directory) return !hasPackages
  }
}
