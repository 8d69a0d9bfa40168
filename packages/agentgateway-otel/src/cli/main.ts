import { printable } from '../printable.ts'
import { CommandError } from './command-error.ts'
import { createProgram } from './program.ts'

/** The command `agentgateway-otel`. What it writes to stdout can be piped; mistakes go to stderr. */

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', () => process.exit())

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error
    process.stderr.write(`agentgateway-otel: ${printable(error.message)}\n`)
    process.exitCode = error.exitCode
  })
