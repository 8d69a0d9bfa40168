import { setTimeout as sleep } from 'node:timers/promises'
import type { ReadStream, WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { ScrapeError } from '../endpoint/scrape-error.ts'
import type { Target } from '../endpoint/target.ts'
import { exitAs } from '../run/exit-as.ts'
import { openScreen } from '../terminal/screen.ts'
import { activityOf } from './activity.ts'
import { takeSnapshot } from './snapshot.ts'
import { type State, viewLines } from './view.ts'

export interface LiveOptions {
  readonly target: Target
  readonly intervalMs: number
  readonly stdin: ReadStream | undefined
  readonly stdout: WriteStream
}

/** Scraping takes at most a part of the time, so that it never is much of the app's load. */
const SHARE = 10

/** Shows the metrics until the user ends it. While the endpoint does not respond, it says so and goes on trying. */
export async function showLive({ target, intervalMs, stdin, stdout }: LiveOptions): Promise<void> {
  const ended = new AbortController()
  let state: State = { url: target.url, snapshot: undefined, activity: undefined }
  const draw = () =>
    screen.draw(
      viewLines(state, {
        width: stdout.columns,
        height: stdout.rows,
        style: (format, text) => styleText(format, text, { stream: stdout }),
      }),
    )
  const screen = openScreen({ stdin, stdout, onQuit: () => ended.abort(), onRedraw: draw })
  const onSignal = (signal: NodeJS.Signals) => {
    screen.leave()
    for (const name of SIGNALS) process.off(name, onSignal)
    exitAs(signal)
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    draw()
    while (!ended.signal.aborted) {
      const startMs = performance.now()
      state = await nextState(state, target, ended.signal)
      if (ended.signal.aborted) break
      draw()
      const tookMs = performance.now() - startMs
      await sleep(Math.max(intervalMs, SHARE * tookMs) - tookMs, undefined, { signal: ended.signal }).catch(() => {})
    }
  } finally {
    screen.leave()
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

/** The signals that end the process. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

async function nextState(state: State, target: Target, signal: AbortSignal): Promise<State> {
  try {
    const snapshot = await takeSnapshot(target, { signal })
    return { url: target.url, snapshot, activity: activityOf(snapshot, state.snapshot) }
  } catch (error) {
    if (!(error instanceof ScrapeError)) throw error
    return { ...state, problem: error.message }
  }
}
