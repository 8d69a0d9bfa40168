import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs the whole-process tests with apps on other versions of Node.js: `pnpm test:matrix`, or with some of their names,
 * `pnpm test:matrix node-22.15`. A version that fails does not keep the others from being tried.
 */
const directory = fileURLToPath(new URL('./node-versions', import.meta.url))
const versions = fileURLToPath(new URL('./node-versions/node_modules', import.meta.url))

if (run('npx', ['-y', 'pnpm@12', 'install', '--dir', directory, '--frozen-lockfile'], {}) !== 0) process.exit(1)

const known = readdirSync(versions).filter((name) => name.startsWith('node-'))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not in test/node-versions/package.json`)
const names = asked.length > 0 ? asked : known

const failed = names.filter((name) => {
  console.log(`\n== apps on ${name} ==`)
  const tests = ['interop', 'llm', 'faults', 'otlp', 'processes'].map((folder) => `test/${folder}/**/*.test.ts`)
  return run(process.execPath, ['--test', ...tests], { TEST_NODE: `${versions}/${name}/bin/node` }) !== 0
})
if (failed.length > 0) throw new Error(`failed on ${failed.join(', ')}`)

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): number | null {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) throw error
  return status
}
