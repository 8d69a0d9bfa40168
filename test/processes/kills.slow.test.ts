import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { NODE, REGISTER } from '../harness/app.ts'
import { until } from '../harness/until.ts'
import { watchCounters } from './counter-watch.ts'
import { app, createDeployment, requests } from './deployment.ts'
import { startLoad } from './load.ts'

/** The long run is `KILLS=200 node --test test/processes/kills.slow.test.ts`. */
const KILLS = Number(process.env.KILLS ?? 20)
const WORKERS = 8
/** What a killed process may lose: what it served in its last second, and what it was serving. */
const LOSS_MS = 1000

it(`counts all but the last second of every killed process, and no counter falls, over ${KILLS} kills of workers and leaders`, async (test) => {
  const deployment = await createDeployment()
  try {
    const supervisor = deployment.run(NODE, [app('supervisor.cjs'), REGISTER, String(WORKERS), app('server.cjs')])
    const port = Number((await supervisor.line(/^ready (\d+)/))[1])
    await deployment.scrapeUntil(() => true)
    const load = startLoad(() => port, 8)
    const watch = watchCounters(deployment)
    const kills: { pid: number; atMs: number }[] = []
    while (kills.length < KILLS) {
      const scrapes = watch.scrapes()
      await sleep(100 + Math.random() * 900)
      await until(() => watch.scrapes() > scrapes || undefined)
      const pids = pidsOf(supervisor.stdout())
      // The process that announced the port last is the leader; every other kill is the leader's.
      const leader = Number(/.*by process (\d+)\n/s.exec(supervisor.stderr())?.[1])
      const pid =
        pids.includes(leader) && kills.length % 2 === 0 ? leader : pids[Math.floor(Math.random() * pids.length)]
      if (pid === undefined || pids.length < WORKERS / 2) continue
      try {
        process.kill(pid, 'SIGKILL')
        kills.push({ pid, atMs: performance.now() })
      } catch {
        // The process has ended already, which the supervisor has not reported yet.
      }
    }
    await load.stop()
    const served = load.responses.length
    const losable = kills.reduce(
      (sum, kill) =>
        sum + load.responses.filter(({ pid, atMs }) => pid === kill.pid && atMs > kill.atMs - LOSS_MS).length,
      0,
    )
    const families = await deployment.scrapeUntil((now) => requests(now) >= served - losable)
    await watch.stop()
    const counted = requests(families)
    assert.ok(counted <= load.sent(), `${counted} counted of ${load.sent()} sent`)
    test.diagnostic(
      `${kills.length} kills: ${served} served, ${counted} counted, ${losable} may be lost; ` +
        `${watch.scrapes()} scrapes, at most ${Math.round(watch.longestOutageMs())} ms between two`,
    )
  } finally {
    await deployment.clear()
  }
})

/** The workers that the supervisor has, as it last reported. */
function pidsOf(stdout: string): number[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('workers'))
  return (lines.at(-1) ?? '').split(' ').slice(1).filter(Boolean).map(Number)
}
