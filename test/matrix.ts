import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs tests with other versions of Node.js: `pnpm test:matrix`, or `pnpm test:matrix node-22.15` for the versions that are
 * named. When one version fails, the others are still tried. First come the tests of what a version has to have inside, and of
 * HTTP/2, which not every version publishes; they run on the version itself. Then come those that start apps in processes of
 * their own, on which only the apps do.
 */
const INTERNALS = ['packages/*/src/node-internals.test.ts', 'packages/wire/src/http2/*.test.ts']
const FOLDERS = ['interop', 'faults', 'otlp', 'processes', 'endpoint']

const directory = fileURLToPath(new URL('./node-versions', import.meta.url))
if (pnpm(['install', '--dir', directory, '--frozen-lockfile']) !== 0) process.exit(1)

const versions = readdirSync(`${directory}/node_modules`).filter((name) => name.startsWith('node-'))
const named = process.argv.slice(2)
const unknown = named.filter((name) => !versions.includes(name))
if (unknown.length > 0) throw new Error(`${unknown.join(', ')} is not in test/node-versions/package.json`)

const failed = (named.length > 0 ? named : versions).filter((name) => {
  const node = `${directory}/node_modules/${name}/bin/node`
  console.log(`\n== the internals of ${name} ==`)
  // Without the flag, Node.js before 22.18 runs no TypeScript.
  const internals = spawn(node, ['--experimental-strip-types', '--test', ...INTERNALS])
  console.log(`\n== apps on ${name} ==`)
  const files = FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`)
  const apps = pnpm(['test:files', ...files], { TEST_NODE: node })
  return internals !== 0 || apps !== 0
})
if (failed.length > 0) throw new Error(`failed on ${failed.join(', ')}`)

/** Runs a command of pnpm, and returns its exit code. */
function pnpm(args: readonly string[], env: Readonly<Record<string, string>> = {}): number | null {
  return spawn('npx', ['-y', 'pnpm@12', ...args], env)
}

/** Runs a program, and returns its exit code. */
function spawn(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number | null {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) throw error
  return status
}
