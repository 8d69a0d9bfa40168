import { Command, InvalidArgumentError } from 'commander'
import { addEndpointOptions, ENDPOINT_HELP } from '../endpoint/options.ts'
import type { TopOptions } from '../top/show-activity.ts'

const DEFAULT_SECONDS = 2

export function topCommand(): Command {
  const command = new Command('top')
    .description('Shows what a running app does now: requests by route, LLM calls by model, MCP requests by tool.')
    .option('--interval <seconds>', 'the time between two scrapes', parseSeconds, DEFAULT_SECONDS)
    .option('--once', 'prints the rates between two scrapes as plain text, and ends; so it does without a terminal')
    .option('--json', 'prints them as JSON, and ends')
  return addEndpointOptions(command)
    .action(async (options: TopOptions) => {
      const { showActivity } = await import('../top/show-activity.ts')
      await showActivity(options)
    })
    .addHelpText(
      'after',
      `${ENDPOINT_HELP}

Rates, errors and percentiles are those of the time between two scrapes. HTTP errors
are responses with status 5xx. q or Ctrl-C ends it.

Example:
  $ npx agentgateway-otel top --interval 5
  $ npx agentgateway-otel top --json | jq '.llm[] | {model, outputTokensPerSecond}'`,
    )
}

/** The longest time that a timer of Node.js can wait. */
const MAX_SECONDS = 2_147_483

function parseSeconds(text: string): number {
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= 0.1 && seconds <= MAX_SECONDS) return seconds
  throw new InvalidArgumentError(`It has to be a number of seconds from 0.1 to ${MAX_SECONDS}.`)
}
