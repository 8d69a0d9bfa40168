import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { childEnv } from './environment.ts'

interface Build {
  /** The folder of the app, with a slash at its end. */
  readonly folder: string
  /** The app's sources, as patterns from the folder. */
  readonly sources: readonly string[]
  /** The `package.json` of the framework: another version of it builds anew. */
  readonly framework: string
  /** The framework's script that builds, and its arguments. */
  readonly command: readonly string[]
  /** Where it is remembered what was built, from the folder: in what the build removes if it begins anew. */
  readonly key: string
  /** Added to the environment of the build. Default: nothing. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Builds an app as its framework does, unless that was done before with the same sources.
 *
 * @returns whether it was built now
 */
export async function buildOnce({ folder, sources, framework, command, key, env }: Build): Promise<boolean> {
  const hash = createHash('sha256').update(await readFile(framework))
  const files = await Array.fromAsync(glob([...sources], { cwd: folder }))
  for (const file of files.sort()) hash.update(file).update(await readFile(folder + file))
  const digest = hash.digest('hex')
  if (digest === (await readFile(folder + key, 'utf8').catch(() => ''))) return false
  await promisify(execFile)(process.execPath, command, { cwd: folder, env: { ...childEnv(), ...env } })
  await mkdir(dirname(folder + key), { recursive: true })
  await writeFile(folder + key, digest)
  return true
}
