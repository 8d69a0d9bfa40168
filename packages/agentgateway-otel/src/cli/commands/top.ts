import { setTimeout as sleep } from 'node:timers/promises'
import { Command, InvalidArgumentError } from 'commander'
import { printableLines } from '../../printable.ts'
import { addEndpointOptions, ENDPOINT_HELP } from '../endpoint/options.ts'
import { type EndpointOptions, type Target, targetOf } from '../endpoint/target.ts'
import { activityOf } from '../top/activity.ts'
import { jsonOfActivity } from '../top/activity-json.ts'
import { showLive } from '../top/live.ts'
import { takeSnapshot } from '../top/snapshot.ts'
import { viewLines } from '../top/view.ts'

interface TopOptions extends EndpointOptions {
  /** In seconds. */
  readonly interval: number
  readonly once?: boolean
  readonly json?: boolean
}

const DEFAULT_SECONDS = 2

export function topCommand(): Command {
  const command = new Command('top')
    .description('Shows what a running app does now: requests by route, LLM calls by model, MCP requests by tool.')
    .option('--interval <seconds>', 'the time between two scrapes', parseSeconds, DEFAULT_SECONDS)
    .option('--once', 'prints the rates between two scrapes as plain text, and ends; so it does without a terminal')
    .option('--json', 'prints them as JSON, and ends')
  return addEndpointOptions(command)
    .action(async (options: TopOptions) => {
      const target = targetOf(options, process.env)
      const intervalMs = 1000 * options.interval
      const { stdin, stdout } = process
      // A terminal without a cursor that moves is none here.
      const isLive = stdout.isTTY && process.env.TERM !== 'dumb' && !options.once && !options.json
      if (isLive) await showLive({ target, intervalMs, stdin: stdin.isTTY ? stdin : undefined, stdout })
      else stdout.write(await takeOnce(target, intervalMs, options.json))
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

/** Returns what an app has done between two scrapes, as text. */
async function takeOnce(target: Target, intervalMs: number, isJson = false): Promise<string> {
  const earlier = await takeSnapshot(target)
  await sleep(intervalMs)
  const snapshot = await takeSnapshot(target)
  const activity = activityOf(snapshot, earlier)
  const { url } = target
  if (isJson) return `${printableLines(JSON.stringify(jsonOfActivity(url, snapshot, activity), undefined, 2))}\n`
  const size = { width: process.stdout.columns ?? Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY }
  return viewLines({ url, snapshot, activity }, { ...size, style: (_, text) => text })
    .map((line) => `${line}\n`)
    .join('')
}

/** The longest time that a timer of Node.js can wait. */
const MAX_SECONDS = 2_147_483

function parseSeconds(text: string): number {
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= 0.1 && seconds <= MAX_SECONDS) return seconds
  throw new InvalidArgumentError(`It has to be a number of seconds from 0.1 to ${MAX_SECONDS}.`)
}
