import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const here = createRequire(import.meta.url)

export type Runtime = 'bun' | 'deno'

const ARCHITECTURE = process.arch === 'arm64' ? 'aarch64' : process.arch

/** The packages of the binaries for this platform, and the file in them. */
const BINARIES: Readonly<Record<Runtime, readonly [string, string]>> = {
  bun: [`@oven/bun-${process.platform}-${ARCHITECTURE}`, 'bin/bun'],
  deno: [`@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`, 'deno'],
}

/** Returns the path of a runtime's binary; undefined where it has not been fetched. */
export function binaryOf(runtime: Runtime): string | undefined {
  const [name, file] = BINARIES[runtime]
  try {
    const folder = dirname(createRequire(here.resolve(`${runtime}/package.json`)).resolve(`${name}/package.json`))
    const path = join(folder, file)
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Returns why tests with a runtime are skipped, and says so on stderr, or false if they are not. */
export function whyMissing(runtime: Runtime): string | false {
  if (binaryOf(runtime) !== undefined) return false
  const reason = `NOT TESTED with ${runtime}: npx -y pnpm@12 fetch:runtimes`
  process.stderr.write(`${reason}\n`)
  return reason
}
