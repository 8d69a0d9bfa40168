import { Command } from 'commander'

export function configCommand(): Command {
  return new Command('config')
    .description('Prints the configuration that an app would have here, where each value comes from, and why.')
    .usage('[options] [-- <command> [arguments]]')
    .argument('[command...]', 'what starts the app, with its arguments; it is not run')
    .option('--json', 'as JSON')
    .passThroughOptions()
    .action(async (command: readonly string[], { json = false }: { json?: boolean }) => {
      const { printConfiguration } = await import('../config/print-configuration.ts')
      await printConfiguration(command, json)
    })
    .addHelpText(
      'after',
      `
Tokens, keys and the values of headers are not shown.

Example:
  $ npx agentgateway-otel config -- node --env-file=.env app.js`,
    )
}
