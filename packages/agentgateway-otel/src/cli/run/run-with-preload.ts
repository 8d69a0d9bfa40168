import { spawn } from 'cross-spawn'
import { quote } from '../../configuration/quote.ts'
import { hasPreload } from '../../preload-flag.ts'
import { REGISTER_URL } from '../../register-url.ts'
import { CommandError } from '../command-error.ts'
import { type Ending, exitAs } from './exit-as.ts'
import { forwardSignals } from './forwarded-signals.ts'

/** The exit codes of shells for a command that does not exist, and for one that cannot be run. */
const NOT_FOUND = 127
const NOT_RUNNABLE = 126

/**
 * Runs a command whose processes of Node.js are preloaded by NODE_OPTIONS, with the stdin, stdout and stderr of this
 * process, and ends this process as the command ends.
 *
 * @throws CommandError when it cannot be started
 */
export async function runWithPreload(command: string, args: readonly string[]): Promise<void> {
  exitAs(await endingOf(command, args))
}

function endingOf(command: string, args: readonly string[]): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_OPTIONS: withPreload(process.env.NODE_OPTIONS) }
    // It finds npm.cmd and the like on Windows, where Node's own spawn does not.
    const child = spawn(command, args, { stdio: 'inherit', env })
    const stopForwarding = forwardSignals(child)
    child.on('error', (error) => {
      stopForwarding()
      reject(errorOfStart(error, command))
    })
    child.on('exit', (code, signal) => {
      stopForwarding()
      resolve(signal ?? code ?? 1)
    })
  })
}

/** Adds the preload to the value of NODE_OPTIONS, unless it has it. A URL contains no spaces, so it needs no quotes. */
function withPreload(nodeOptions = ''): string {
  if (hasPreload([], nodeOptions)) return nodeOptions
  return `${nodeOptions} --import ${REGISTER_URL}`.trim()
}

function errorOfStart({ code, message }: NodeJS.ErrnoException, command: string): CommandError {
  if (code === 'ENOENT') {
    return new CommandError(`there is no command ${quote(command)}; is it installed, and on the PATH?`, {
      exitCode: NOT_FOUND,
    })
  }
  return new CommandError(`${quote(command)} cannot be run (${code ?? message})`, { exitCode: NOT_RUNNABLE })
}
