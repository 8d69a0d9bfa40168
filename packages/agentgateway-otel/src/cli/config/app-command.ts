import { basename, join, resolve } from 'node:path'
import { EVALUATES, FLAGS_WITH_VALUE } from '../node-flags.ts'

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
