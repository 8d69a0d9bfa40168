import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { childEnv } from '../harness/environment.ts'

const { resolve } = createRequire(import.meta.url)

/** A program and its first arguments. */
type Command = readonly [string, ...string[]]

/** Names of packages, each with the tarball that it is installed from. */
type Tarballs = Readonly<Record<string, string>>

/** A package manager, and how its users work with it. It is run in the folder of the app, and keeps all its files there. */
export interface Manager {
  readonly install: Command
  /** Runs a command of a package that is installed. */
  readonly exec: Command
  /** Starts Node.js. */
  readonly node: Command
  /** The script `start` of package.json. */
  readonly start: Command
  /** The flags with which Node.js finds the packages when the manager does not start it. */
  readonly nodeFlags: readonly string[]
  /** Fields of package.json by which packages that are needed by others come from their tarballs, too. */
  overrides(tarballs: Tarballs): object
  /** Further files of the app, which configure the manager. */
  files(tarballs: Tarballs): Readonly<Record<string, string>>
  /** The version of TypeScript that is installed with the app, where the newest does not know the manager. */
  readonly typescript?: string
}

export const PNPM: Command = [process.execPath, resolve('pnpm/bin/pnpm.mjs')]
const YARN_1: Command = [process.execPath, resolve('yarn/bin/yarn.js')]
const YARN_4: Command = [process.execPath, resolve('@yarnpkg/cli-dist/bin/yarn.js')]

export const MANAGERS: Readonly<Record<string, Manager>> = {
  npm: {
    // A registry that cannot be reached fails the test, and is not asked for minutes.
    install: ['npm', 'install', '--cache', '.cache', '--no-audit', '--no-fund', '--fetch-retries', '1'],
    exec: ['npx', '--no', '--'],
    node: ['npx', '--no', '--', 'node'],
    start: ['npm', 'start'],
    nodeFlags: [],
    overrides: (tarballs) => ({
      overrides: Object.fromEntries(Object.keys(tarballs).map((name) => [name, `$${name}`])),
    }),
    files: () => ({}),
  },
  'pnpm 12': {
    install: [...PNPM, 'install', '--no-frozen-lockfile', '--store-dir', '.store'],
    exec: [...PNPM, 'exec'],
    node: [...PNPM, 'exec', 'node'],
    start: [...PNPM, 'start'],
    nodeFlags: [],
    overrides: () => ({}),
    // JSON is YAML, too.
    files: (tarballs) => ({ 'pnpm-workspace.yaml': JSON.stringify({ overrides: tarballs }) }),
  },
  'yarn 1': {
    install: [...YARN_1, 'install', '--cache-folder', '.cache', '--no-progress'],
    exec: [...YARN_1, '--silent', 'run'],
    node: [...YARN_1, '--silent', 'node'],
    start: [...YARN_1, 'start'],
    nodeFlags: [],
    overrides: (tarballs) => ({ resolutions: tarballs }),
    files: () => ({}),
  },
  "yarn 4 with Plug'n'Play": {
    install: [...YARN_4, 'install', '--no-immutable'],
    exec: [...YARN_4, 'run'],
    node: [...YARN_4, 'node'],
    start: [...YARN_4, 'start'],
    nodeFlags: ['--require', './.pnp.cjs', '--experimental-loader', './.pnp.loader.mjs'],
    overrides: (tarballs) => ({ resolutions: tarballs }),
    // By this file yarn takes the folder for a project of its own.
    files: () => ({ 'yarn.lock': '' }),
    typescript: '6.0.3',
  },
}

/** The registry that npm is configured to use. */
export const REGISTRY = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()

/** The URL of a registry that does not respond, for an installation that needs none. */
export const NO_REGISTRY = 'http://127.0.0.1:1/'

/** The environment of a package manager, without what another one, which runs the tests, may have set. */
export const managerEnv = (registry: string): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(childEnv()).filter(([name]) => !/^(?:npm|pnpm|yarn)_/i.test(name))),
  npm_config_registry: registry,
  npm_config_update_notifier: 'false',
  YARN_NPM_REGISTRY_SERVER: registry,
  YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
  YARN_ENABLE_GLOBAL_CACHE: 'false',
  YARN_GLOBAL_FOLDER: '.yarn/global',
  YARN_ENABLE_TELEMETRY: 'false',
})
