import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A package as npm would get it. */
export interface Tarball {
  readonly name: string
  readonly version: string
  readonly filename: string
  /** The hash by which npm knows it. */
  readonly integrity: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

/** Packs all packages, as `pnpm publish` does, into this folder. Their order is that of their names. */
export async function packAll(directory: string): Promise<Tarball[]> {
  const args = ['-y', 'pnpm@12', '-r', '--filter', './packages/*', 'pack', '--json', '--pack-destination', directory]
  const { stdout } = await promisify(execFile)('npx', args, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 })
  const tarballs: Tarball[] = JSON.parse(stdout)
  return tarballs.sort((a, b) => (a.name < b.name ? -1 : 1))
}
