import { Command } from 'commander'
import { addEndpointOptions, ENDPOINT_HELP } from '../endpoint/options.ts'
import type { MetricsOptions } from '../metrics/print-metrics.ts'

export function metricsCommand(): Command {
  const command = new Command('metrics')
    .description('Prints the metrics of a running app.')
    .argument('[names...]', 'only the metrics whose names begin with one of these; agentgateway_ may be left out')
    .option('--json', 'as a JSON array of metrics, instead of the text that the endpoint serves')
    .option('--help-text', 'what each metric counts, without its series')
  return addEndpointOptions(command)
    .action(async (names: readonly string[], options: MetricsOptions) => {
      const { printMetrics } = await import('../metrics/print-metrics.ts')
      await printMetrics(names, options)
    })
    .addHelpText(
      'after',
      `${ENDPOINT_HELP}

Example:
  $ npx agentgateway-otel metrics llm_tokens
  $ npx agentgateway-otel metrics --json requests_total | jq '.[].samples[].value'`,
    )
}
