import { Command } from 'commander'

export function runCommand(): Command {
  return new Command('run')
    .description('Runs a command with the metrics preloaded into its processes of Node.js, by NODE_OPTIONS.')
    .usage('[options] -- <command> [arguments]')
    .argument('<command...>', 'what starts the app, with its arguments')
    .passThroughOptions()
    .action(async ([command = '', ...args]: readonly string[]) => {
      const { runWithPreload } = await import('../run/run-with-preload.ts')
      await runWithPreload(command, args)
    })
    .addHelpText(
      'after',
      `
Example:
  $ npx agentgateway-otel run -- npm start

It writes nothing of its own, passes signals on, and ends as the command ends: with
its exit code, or by the same signal. 127 means that there is no such command.`,
    )
}
