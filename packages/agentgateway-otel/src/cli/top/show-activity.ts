import { setTimeout as sleep } from 'node:timers/promises'
import { printableLines } from '../../printable.ts'
import { type EndpointOptions, type Target, targetOf } from '../endpoint/target.ts'
import { activityOf } from './activity.ts'
import { jsonOfActivity } from './activity-json.ts'
import { showLive } from './live.ts'
import { takeSnapshot } from './snapshot.ts'
import { viewLines } from './view.ts'

export interface TopOptions extends EndpointOptions {
  /** In seconds. */
  readonly interval: number
  readonly once?: boolean
  readonly json?: boolean
}

/** Shows what a running app does, live where there is a terminal for it, else once. */
export async function showActivity(options: TopOptions): Promise<void> {
  const target = targetOf(options, process.env)
  const intervalMs = 1000 * options.interval
  const { stdin, stdout } = process
  // A terminal without a cursor that moves is none here.
  const isLive = stdout.isTTY && process.env.TERM !== 'dumb' && !options.once && !options.json
  if (isLive) await showLive({ target, intervalMs, stdin: stdin.isTTY ? stdin : undefined, stdout })
  else stdout.write(await takeOnce(target, intervalMs, options.json))
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
