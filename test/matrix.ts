import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs the tests that start apps in processes of their own with other versions of Node.js: `pnpm test:matrix`, or
 * `pnpm test:matrix node-22.15` for the versions that are named. When one version fails, the others are still tried.
 */
const FOLDERS = ['interop', 'faults', 'otlp', 'processes']

const directory = fileURLToPath(new URL('./node-versions', import.meta.url))
if (run(['install', '--dir', directory, '--frozen-lockfile']) !== 0) process.exit(1)

const versions = readdirSync(`${directory}/node_modules`).filter((name) => name.startsWith('node-'))
const named = process.argv.slice(2)
const unknown = named.filter((name) => !versions.includes(name))
if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not in test/node-versions/package.json`)

const failed = (named.length > 0 ? named : versions).filter((name) => {
  console.log(`\n== apps on ${name} ==`)
  const files = FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`)
  return run(['test:files', ...files], { TEST_NODE: `${directory}/node_modules/${name}/bin/node` }) !== 0
})
if (failed.length > 0) throw new Error(`failed on ${failed.join(', ')}`)

/** Runs a command of pnpm, and returns its exit code. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): number | null {
  const { status, error } = spawnSync('npx', ['-y', 'pnpm@12', ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (error) throw error
  return status
}
