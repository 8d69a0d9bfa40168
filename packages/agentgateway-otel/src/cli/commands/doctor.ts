import { Command } from 'commander'
import { reportOfOldRuntime } from '../doctor/own-runtime.ts'
import { addEndpointOptions, ENDPOINT_HELP } from '../endpoint/options.ts'
import type { EndpointOptions } from '../endpoint/target.ts'

interface DoctorCommandOptions extends EndpointOptions {
  readonly json?: true
}

const HELP = `
It looks at this directory, the environment, the start command if one is given, the processes that run here (on Linux), and the
endpoint of the running app. It starts nothing of the app, and sends one export without metrics to the collector, if there is one.

The exit code is 0 if all is well, but for hints; 1 if there is a problem; 2 if it could not look.
${ENDPOINT_HELP}`

export function doctorCommand(): Command {
  return addEndpointOptions(new Command('doctor'))
    .description('Finds out why metrics are missing, or say little.')
    .option('--json', 'write the report as JSON, with a code for each finding that never changes')
    .argument('[command...]', 'the command that starts the app, behind --; it is read, not run')
    .passThroughOptions()
    .addHelpText('after', HELP)
    .action(async (command: readonly string[], { json, ...endpoint }: DoctorCommandOptions) => {
      const tooOld = reportOfOldRuntime(json ?? false)
      if (tooOld !== undefined) {
        process.stdout.write(tooOld)
        process.exitCode = 1
        return
      }
      const [{ examine }, { jsonReport, textReport }] = await Promise.all([
        import('../doctor/examine.ts'),
        import('../doctor/report.ts'),
      ])
      const examination = await examine({
        endpoint,
        command,
        directory: process.cwd(),
        environment: process.env,
      })
      process.stdout.write(json ? jsonReport(examination) : textReport(examination, process.stdout.columns))
      process.exitCode = examination.exitCode
    })
}
