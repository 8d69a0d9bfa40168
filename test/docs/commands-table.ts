import { createProgram } from '../../packages/agentgateway-otel/src/cli/program.ts'
import { markdownTable } from './marked-section.ts'

/** The README's table of the commands of `agentgateway-otel`, from what their help says. */
export const commandsTable = () =>
  markdownTable([
    ['command', 'what it does', 'options'],
    ...createProgram().commands.map((command) => [
      `\`${command.name()}\``,
      command.description().replace(/\.$/, ''),
      command.options.map(({ long }) => `\`${long}\``).join(', '),
    ]),
  ])
