import { Command } from 'commander'
import { VERSION } from '../version.ts'
import { EXIT_CODES } from './command-error.ts'
import { configCommand } from './commands/config.ts'
import { dashboardCommand } from './commands/dashboard.ts'
import { doctorCommand } from './commands/doctor.ts'
import { metricsCommand } from './commands/metrics.ts'
import { rulesCommand } from './commands/rules.ts'
import { runCommand } from './commands/run.ts'
import { topCommand } from './commands/top.ts'

/**
 * Creates the command `agentgateway-otel` with all of its commands. Each of them loads what it needs when it runs: all of
 * it together takes twice the start of Node.js.
 */
export function createProgram(): Command {
  const program = new Command('agentgateway-otel')
    .description(
      'Tools for the metrics of agentgateway-otel. The metrics themselves need only --import agentgateway-otel/register.',
    )
    .version(VERSION)
    .showHelpAfterError('(agentgateway-otel --help shows what there is)')
    .enablePositionalOptions()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_CODES.usage))
    .addHelpText(
      'after',
      `
Example:
  $ npx agentgateway-otel run -- npm start

Exit codes: 0 done, ${EXIT_CODES.failed} failed, ${EXIT_CODES.usage} the command line is wrong. run has those of the command.`,
    )
  const commands = [
    ...[runCommand(), doctorCommand(), configCommand(), metricsCommand(), topCommand()],
    ...[rulesCommand(), dashboardCommand()],
  ]
  for (const command of commands) program.addCommand(command.copyInheritedSettings(program))
  return program
}
