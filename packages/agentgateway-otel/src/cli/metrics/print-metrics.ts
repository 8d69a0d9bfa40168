import type { Family } from '@agentgateway-otel/exporter/reading'
import { printableLines } from '../../printable.ts'
import { scrape } from '../endpoint/scrape.ts'
import { type EndpointOptions, targetOf } from '../endpoint/target.ts'
import { textOfFamilies } from './exposition-text.ts'
import { jsonOfFamily } from './family-json.ts'
import { selectFamilies } from './selected-families.ts'

export interface MetricsOptions extends EndpointOptions {
  readonly json?: boolean
  readonly helpText?: boolean
}

/** Reads the metrics of a running app, and writes those that these texts select to stdout. */
export async function printMetrics(names: readonly string[], options: MetricsOptions): Promise<void> {
  const { text, families } = await scrape(targetOf(options, process.env))
  process.stdout.write(outputOf(selectFamilies(families, names), text, options))
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
