import { realpathSync } from 'node:fs'

/**
 * The scripts of programs that start the app in a process of its own, and only inherit the flag from NODE_OPTIONS. The
 * patterns match their paths after symbolic links are resolved.
 */
const WRAPPERS: readonly (readonly [name: string, script: RegExp])[] = [
  ['npm', /\/npm\/bin\/np[mx]-cli\.js$/],
  ['pnpm', /\/pnpm\/(?:.*\/)?pnp[mx]\.[cm]?js$/],
  ['yarn', /\/(?:bin|lib|dist|releases|\d[\w.-]*)\/yarn(?:pkg)?(?:-\d[\w.-]*)?\.[cm]?js$/],
  ['corepack', /\/corepack\/(?:dist|shims)\/\w+\.[cm]?js$/],
  ['tsx', /\/tsx\/dist\/cli\.[cm]js$/],
  ['nodemon', /\/nodemon\/bin\/nodemon\.js$/],
  ['agentgateway-otel', /\/agentgateway-otel\/dist\/cli\.cjs$/],
  ['PM2', /\/pm2\/(?:bin\/pm2[\w-]*|lib\/Daemon\.js)$/],
]

/**
 * The file names of those scripts and of the links to them. Only for these is a link resolved, which reads the disk.
 */
const WRAPPER_FILE = /(?:^|[\\/])(?:np[mx]|pnp[mx]|yarn|corepack|tsx|cli|nodemon|agentgateway-otel|pm2|Daemon)[\w.-]*$/

interface Process {
  readonly argv: readonly string[]
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Returns the name of the wrapper that runs in this process; undefined when it is a process of the app. An unknown
 * wrapper counts as a process of the app, whose metrics are right all the same.
 */
export function wrapperOf({ argv, execArgv, env }: Process): string | undefined {
  // Node.js sets these variables in the child of `--watch` and in the children of `--test`, which run the app.
  const isWatching = execArgv.some((flag) => /^--watch(?:-path(?:=.*)?)?$/s.test(flag))
  if (isWatching && env.WATCH_REPORT_DEPENDENCIES === undefined) return 'node --watch'
  if (execArgv.includes('--test') && env.NODE_TEST_CONTEXT === undefined) return 'node --test'
  const path = argv[1]
  if (path === undefined || !WRAPPER_FILE.test(path)) return undefined
  const script = resolveLinks(path).replaceAll('\\', '/')
  return WRAPPERS.find(([, pattern]) => pattern.test(script))?.[0]
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
