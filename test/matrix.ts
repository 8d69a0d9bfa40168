import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * Runs the whole-process tests with apps on other versions of Node.js: `pnpm test:matrix`, or with some of their names,
 * `pnpm test:matrix node-22.15`.
 */
const directory = fileURLToPath(new URL('./node-versions', import.meta.url))
const versions = fileURLToPath(new URL('./node-versions/node_modules', import.meta.url))

run('npx', ['-y', 'pnpm@12', 'install', '--dir', directory, '--frozen-lockfile'], {})

const asked = process.argv.slice(2)
const names = readdirSync(versions).filter((name) =>
  asked.length > 0 ? asked.includes(name) : name.startsWith('node-'),
)
if (names.length === 0) throw new Error(`none of ${asked.join(', ')} is in test/node-versions/package.json`)
for (const name of names) {
  console.log(`\n== apps on ${name} ==`)
  run(process.execPath, ['--test', 'test/interop/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/otlp/**/*.test.ts'], {
    TEST_NODE: `${versions}/${name}/bin/node`,
  })
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
