import { Command } from 'commander'
import { printable } from '../printable.ts'
import { VERSION } from '../version.ts'
import { CommandError, EXIT_CODES } from './command-error.ts'
import { configCommand } from './commands/config.ts'
import { metricsCommand } from './commands/metrics.ts'
import { rulesCommand } from './commands/rules.ts'
import { runCommand } from './commands/run.ts'
import { topCommand } from './commands/top.ts'

/**
 * The command `agentgateway-otel`. What it writes to stdout can be piped; mistakes go to stderr. The exit code is 1 for
 * what could not be done, and 2 for a command line that is wrong.
 *
 * Each command loads what it needs when it runs: all of it together takes twice the start of Node.js.
 */
const program = new Command('agentgateway-otel')
  .description(
    'Tools for the metrics of agentgateway-otel. The metrics themselves need only --import agentgateway-otel/register.',
  )
  .version(VERSION)
  .showHelpAfterError('(agentgateway-otel --help shows what there is)')
  .enablePositionalOptions()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_CODES.usage))

for (const command of [runCommand(), configCommand(), metricsCommand(), topCommand(), rulesCommand()])
  program.addCommand(command.copyInheritedSettings(program))

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', () => process.exit())

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommandError)) throw error
  process.stderr.write(`agentgateway-otel: ${printable(error.message)}\n`)
  process.exitCode = error.exitCode
})
