import { basename, join, resolve } from 'node:path'

/** What a command line says of the app. */
export interface AppCommand {
  /** The script that Node.js runs; empty where it runs none. For other commands it is any file in the folder. */
  readonly entry: string
  /** The flags of Node.js; undefined where another command starts it. */
  readonly execArgv: readonly string[] | undefined
  /** The files whose variables Node.js adds to the environment, as they are named. */
  readonly envFiles: readonly EnvFile[]
}

interface EnvFile {
  readonly path: string
  readonly mayBeMissing: boolean
}

/** The flags of Node.js whose value may be the next argument, as far as apps are started with them. */
const FLAGS_WITH_VALUE: ReadonlySet<string> = new Set([
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--input-type'],
  ...['--env-file', '--env-file-if-exists', '--experimental-config-file', '--watch-path', '--title', '--icu-data-dir'],
  ...['--diagnostic-dir', '--report-dir', '--report-directory', '--report-filename', '--report-signal'],
  ...['--redirect-warnings', '--disable-warning', '--unhandled-rejections', '--dns-result-order', '--inspect-port'],
  ...['--openssl-config', '--tls-cipher-list', '--tls-keylog', '--max-http-header-size', '--trace-event-categories'],
  ...[
    '--heapsnapshot-signal',
    '--heapsnapshot-near-heap-limit',
    '--cpu-prof-dir',
    '--cpu-prof-name',
    '--heap-prof-dir',
  ],
  ...['--localstorage-file', '--allow-fs-read', '--allow-fs-write', '--network-family-autoselection-attempt-timeout'],
])

/** The flags whose value is code, so that no script is run. */
const EVALUATES = /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/

/** Reads a command line that starts an app, without running it. An empty one is an app in this folder. */
export function parseAppCommand([command, ...args]: readonly string[], cwd: string): AppCommand {
  if (command === undefined || !/^node(?:\.exe)?$/i.test(basename(command))) {
    return { entry: join(cwd, 'index.js'), execArgv: command === undefined ? [] : undefined, envFiles: [] }
  }
  const execArgv: string[] = []
  const envFiles: EnvFile[] = []
  let script: string | undefined
  for (let i = 0; i < args.length && script === undefined; i++) {
    const argument = args[i] ?? ''
    if (!argument.startsWith('-') || argument === '-') script = argument
    else if (argument === '--') script = args[i + 1] ?? '-'
    else {
      execArgv.push(argument)
      if (EVALUATES.test(argument)) return { entry: '', execArgv, envFiles }
      const [flag = '', ...rest] = argument.split('=')
      const value = rest.length > 0 ? rest.join('=') : FLAGS_WITH_VALUE.has(flag) ? args[++i] : undefined
      if (rest.length === 0 && value !== undefined) execArgv.push(value)
      if (/^--env-file(?:-if-exists)?$/.test(flag) && value !== undefined) {
        envFiles.push({ path: value, mayBeMissing: flag.endsWith('-if-exists') })
      }
    }
  }
  return { entry: script === undefined || script === '-' ? '' : resolve(cwd, script), execArgv, envFiles }
}
