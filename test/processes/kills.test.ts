import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import { app, createSite, pause, requests } from './app.ts'
import { startLoad } from './load.ts'
import { watchFalls } from './watch.ts'

/** `KILLS=200 node --test test/processes/kills.test.ts` is the long run. */
const KILLS = Number(process.env.KILLS ?? 20)
const WORKERS = 8
/** What a killed process may lose: what it served in its last second, and what was under way. */
const LOSS_MS = 1000

describe('processes that are killed', () => {
  it(`lose no more than their last second, and nothing ever falls, over ${KILLS} kills of workers and leaders`, async () => {
    const site = await createSite()
    try {
      const supervisor = site.run(NODE, [app('supervisor.cjs'), REGISTER, String(WORKERS), app('server.cjs')])
      const port = Number((await supervisor.line(/^ready (\d+)/))[1])
      await site.scrapeUntil(() => true)
      const load = startLoad(() => port, 8)
      const watch = watchFalls(site)
      const kills: { pid: number; atMs: number }[] = []
      while (kills.length < KILLS) {
        // Every other kill is the leader's, which is the one that says so last.
        const scraped = watch.scrapes()
        await pause(100 + Math.random() * 900)
        while (watch.scrapes() === scraped) await pause(20)
        const pids = pidsOf(supervisor.stdout())
        const leader = Number(/.*by process (\d+)\n/s.exec(supervisor.stderr())?.[1])
        const pid =
          pids.includes(leader) && kills.length % 2 === 0 ? leader : pids[Math.floor(Math.random() * pids.length)]
        if (pid === undefined || pids.length < WORKERS / 2) continue
        try {
          process.kill(pid, 'SIGKILL')
          kills.push({ pid, atMs: performance.now() })
        } catch {
          // It is gone already, which was not said yet.
        }
      }
      await load.stop()
      const served = load.answers.length
      const losable = kills.reduce(
        (sum, { pid, atMs }) => sum + load.answers.filter((one) => one.pid === pid && one.atMs > atMs - LOSS_MS).length,
        0,
      )
      const families = await site.scrapeUntil((now) => requests(now) >= served - losable)
      await watch.stop()
      const counted = requests(families)
      assert.ok(counted <= load.sent(), `${counted} counted of ${load.sent()} sent`)
      console.log(
        `${kills.length} kills: ${served} answered, ${counted} counted, ${losable} may be lost; ` +
          `${watch.scrapes()} scrapes, at most ${Math.round(watch.longestOutageMs())} ms between two`,
      )
    } finally {
      await site.clear()
    }
  })
})

function pidsOf(stdout: string): number[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('workers'))
  return (lines.at(-1) ?? '').split(' ').slice(1).filter(Boolean).map(Number)
}
