import { Command } from 'commander'
import { VERSION } from '../version.ts'
import { dashboardCommand } from './commands/dashboard.ts'
import { rulesCommand } from './commands/rules.ts'

/** The command `agentgateway-otel`. What it writes to stdout can be piped; mistakes go to stderr, with exit code 1. */
const program = new Command('agentgateway-otel')
  .description(
    'Tools for the metrics of agentgateway-otel. The metrics themselves need only --import agentgateway-otel/register.',
  )
  .version(VERSION)
  .showHelpAfterError('(agentgateway-otel --help shows what there is)')

for (const command of [rulesCommand(), dashboardCommand()]) program.addCommand(command.copyInheritedSettings(program))

// A reader that has seen enough, such as `head`, closes the pipe.
process.stdout.on('error', () => process.exit())

program.parse()
