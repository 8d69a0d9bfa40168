import { realpathSync } from 'node:fs'

/**
 * Scripts that start the app in a process of its own, and only inherit the flag from NODE_OPTIONS: where they lie when
 * links are followed.
 */
const SCRIPTS: readonly (readonly [name: string, script: RegExp])[] = [
  ['npm', /\/npm\/bin\/np[mx]-cli\.js$/],
  ['pnpm', /\/pnpm\/(?:.*\/)?pnp[mx]\.[cm]?js$/],
  ['yarn', /\/(?:bin|lib|dist|releases|\d[\w.-]*)\/yarn(?:pkg)?(?:-\d[\w.-]*)?\.[cm]?js$/],
  ['corepack', /\/corepack\/(?:dist|shims)\/\w+\.[cm]?js$/],
  ['tsx', /\/tsx\/dist\/cli\.[cm]js$/],
  ['nodemon', /\/nodemon\/bin\/nodemon\.js$/],
  ['PM2', /\/pm2\/(?:bin\/pm2[\w-]*|lib\/Daemon\.js)$/],
]

/** How those scripts are called, or the links to them: only for these is a link followed. */
const CALLED = /(?:^|[\\/])(?:np[mx]|pnp[mx]|yarn|corepack|tsx|cli|nodemon|pm2|Daemon)[\w.-]*$/

interface Process {
  readonly argv: readonly string[]
  readonly execArgv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The name of the wrapper that this process is, or undefined when it is an app. One that is not known counts as a
 * process of the app, whose metrics are right all the same.
 */
export function wrapperOf({ argv, execArgv, env }: Process): string | undefined {
  // Node.js tells the child of `--watch`, and those of `--test`, by these.
  const watches = execArgv.some((flag) => /^--watch(?:-path(?:=.*)?)?$/s.test(flag))
  if (watches && env.WATCH_REPORT_DEPENDENCIES === undefined) return 'node --watch'
  if (execArgv.includes('--test') && env.NODE_TEST_CONTEXT === undefined) return 'node --test'
  const called = argv[1]
  if (called === undefined || !CALLED.test(called)) return undefined
  const script = resolved(called).replaceAll('\\', '/')
  return SCRIPTS.find(([, pattern]) => pattern.test(script))?.[0]
}

function resolved(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
