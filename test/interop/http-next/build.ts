import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, glob, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../../harness/environment.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const STANDALONE = `${HERE}.cache/next/standalone/interop/http-next`
const KEY = `${HERE}.cache/next/sources`

/**
 * Builds the app in this folder with `output: 'standalone'`, unless that was done before. Returns the server's script.
 */
export async function buildStandalone(): Promise<string> {
  const key = await hashSources()
  if (key !== (await readFile(KEY, 'utf8').catch(() => ''))) {
    const next = fileURLToPath(import.meta.resolve('next/dist/bin/next'))
    await promisify(execFile)(process.execPath, [next, 'build'], {
      cwd: HERE,
      env: { ...childEnv(), NEXT_TELEMETRY_DISABLED: '1' },
    })
    await cp(`${HERE}public`, `${STANDALONE}/public`, { recursive: true })
    await writeFile(KEY, key)
  }
  return `${STANDALONE}/server.js`
}

async function hashSources(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(fileURLToPath(import.meta.resolve('next/package.json'))))
  const files = await Array.fromAsync(glob('{app,pages,public}/**/*.{js,txt}', { cwd: HERE }))
  for (const file of ['next.config.js', ...files.sort()]) hash.update(file).update(await readFile(HERE + file))
  return hash.digest('hex')
}
