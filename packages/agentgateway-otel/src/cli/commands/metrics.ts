import type { Family } from '@agentgateway-otel/exporter/reading'
import { Command } from 'commander'
import { printableLines } from '../../printable.ts'
import { addEndpointOptions, ENDPOINT_HELP } from '../endpoint/options.ts'
import { scrape } from '../endpoint/scrape.ts'
import { type EndpointOptions, targetOf } from '../endpoint/target.ts'
import { textOfFamilies } from '../metrics/exposition-text.ts'
import { jsonOfFamily } from '../metrics/family-json.ts'
import { selectFamilies } from '../metrics/selected-families.ts'

interface MetricsOptions extends EndpointOptions {
  readonly json?: boolean
  readonly helpText?: boolean
}

export function metricsCommand(): Command {
  const command = new Command('metrics')
    .description('Prints the metrics of a running app.')
    .argument('[names...]', 'only the metrics whose names begin with one of these; agentgateway_ may be left out')
    .option('--json', 'as a JSON array of metrics, instead of the text that the endpoint serves')
    .option('--help-text', 'what each metric counts, without its series')
  return addEndpointOptions(command)
    .action(async (names: readonly string[], options: MetricsOptions) => {
      const { text, families } = await scrape(targetOf(options, process.env))
      const selected = selectFamilies(families, names)
      process.stdout.write(outputOf(selected, text, options))
    })
    .addHelpText(
      'after',
      `${ENDPOINT_HELP}

Example:
  $ npx agentgateway-otel metrics llm_tokens
  $ npx agentgateway-otel metrics --json requests_total | jq '.[].samples[].value'`,
    )
}

function outputOf(
  families: readonly Family[],
  text: string,
  { json = false, helpText = false }: MetricsOptions,
): string {
  if (json) {
    const described = families.map(jsonOfFamily)
    const shown = helpText ? described.map(({ samples, ...description }) => description) : described
    // The escapes mean the same in JSON.
    return `${printableLines(JSON.stringify(shown, undefined, 2))}\n`
  }
  const output = helpText
    ? families.map(({ name, kind, help }) => `${name} (${kind})\n  ${help.replaceAll('\n', ' ')}\n`).join('')
    : textOfFamilies(text, new Set(families.map(({ name }) => name)))
  // What is piped is as the endpoint wrote it; a terminal must not do what the value of a label says.
  return process.stdout.isTTY ? printableLines(output) : output
}
