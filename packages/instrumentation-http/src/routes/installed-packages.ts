import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'

/** Where Nitro puts a server with everything that it needs in its own files. */
const NITRO_OUTPUT = `${sep}.output${sep}server`

/** What SvelteKit's adapter for Node.js puts beside the first script of what it builds. */
const SVELTEKIT_OUTPUT = ['handler.js', join('server', 'manifest.js')]

/**
 * Returns whether the app may use one of these packages: it is installed above the app's first script, or below what pnpm installs
 * there, or the app is a bundle, which may have any package in it. It takes a few looks at the file system.
 *
 * @param packages the packages, each with those of which it is a dependency: beside one of them it does not count
 * @param script the app's first script; without one, as with `--eval`, the working directory counts
 */
export function mayUsePackage(
  packages: Readonly<Record<string, readonly string[]>>,
  script = process.argv[1],
): boolean {
  const start = script === undefined ? process.cwd() : dirname(resolve(script))
  if (start.includes(NITRO_OUTPUT) || SVELTEKIT_OUTPUT.every((file) => existsSync(join(start, file)))) return true
  let hasPackages = false
  for (let directory = start, parent = dirname(start); ; directory = parent, parent = dirname(directory)) {
    const installed = join(directory, 'node_modules')
    if (existsSync(installed)) {
      hasPackages = true
      const ofPnpm = join(installed, '.pnpm', 'node_modules')
      const places = existsSync(ofPnpm) ? [installed, ofPnpm] : [installed]
      const has = (name: string) => places.some((place) => existsSync(join(place, name)))
      if (Object.entries(packages).some(([name, dependents]) => has(name) && !dependents.some(has))) return true
    }
    if (parent === directory) return !hasPackages
  }
}
