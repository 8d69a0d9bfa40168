import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'
import { REQUESTS, requestsOf } from './counts.ts'

const running: App[] = []
after(() => Promise.all(running.map((app) => app.stop())))

const ENDS = (['server', 'client'] as const).map((role) => ({ role, transport: 'streamable_http' }) as const)

/** The calls of one end by `resource|server|status`. */
function callsOf(families: Families, role: string): Record<string, number> {
  const samples = families.get(REQUESTS)?.samples ?? []
  const calls = samples.filter(({ labels }) => labels.role === role && labels.method === 'tools/call')
  return Object.fromEntries(
    calls.map(({ labels, value }) => [`${labels.resource}|${labels.server}|${labels.status}`, value]),
  )
}

for (const SDK of ['1', '2']) {
  describe(`MCP servers of SDK ${SDK} without sessions`, () => {
    /** Has the app do what the line names, and waits until both ends have counted so many messages. */
    async function run(app: App, line: string, total: number): Promise<Families> {
      app.writeLine(line)
      await app.line(new RegExp(`^done ${line}$`))
      return app.metricsWhen((families) => ENDS.every((end) => requestsOf(families, end).total >= total))
    }
    async function start(): Promise<App> {
      const app = await startApp(new URL('apps/without-sessions.js', import.meta.url), { env: { SDK } })
      running.push(app)
      return app
    }

    it('are named in the label if one server is at a port and path, and are unknown if several are', async () => {
      const app = await start()
      const ofOneServer = await run(app, 'one server', 3)
      for (const { role } of ENDS) assert.deepEqual(callsOf(ofOneServer, role), { 'now|alpha|ok': 1 })
      const ofTwoServers = await run(app, 'two servers', 10)
      for (const { role } of ENDS)
        assert.deepEqual(callsOf(ofTwoServers, role), { 'now|alpha|ok': 1, 'now|unknown|ok': 3 })
      await app.stop()
    })

    it('count a call that its client cancels as none, even if a response comes, and no other client’s call', async () => {
      const app = await start()
      // Two clients connect with two messages each, make three calls, and cancel one of them.
      const families = await run(app, 'cancel a call', 8)
      assert.match(app.stdout(), /^cancelled: .*timed out/im)
      for (const end of ENDS) {
        assert.deepEqual(
          callsOf(families, end.role),
          { 'late|alpha|ok': 1, '_OTHER|alpha|none': 1, 'now|alpha|ok': 1 },
          end.role,
        )
        const { rows, total } = requestsOf(families, end)
        assert.deepEqual([rows['notifications/cancelled|||none'], total], [1, 8])
      }
      await app.stop()
    })
  })
}
