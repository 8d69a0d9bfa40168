import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { until } from '../../harness/until.ts'
import { assertNothingSaid, assertRecovers, assertSaid, exportsArrive, withApp } from './faulty-app.ts'
import { ACCEPTED, type Fault, FaultyCollector } from './faulty-collector.ts'
import { FAULTS } from './table.ts'

describe('a collector that', { concurrency: 8 }, () => {
  for (const [name, { says, ...fault }] of Object.entries(FAULTS)) {
    it(`${name} has one line on stderr, and the exports again when it is mended`, () =>
      withApp({ fault, intervalMs: 400 }, async (app, collector) => {
        // Exports go on at their interval, whatever became of those before.
        await until(() => collector.connections + collector.requests >= 6 || undefined)
        assertSaid(app, collector, says)
        await assertRecovers(app, collector)
        assertSaid(app, collector, says)
      }))
  }

  it('is not there has one line on stderr, and the exports when it is', async () => {
    const collector = new FaultyCollector()
    await withApp({ collector, intervalMs: 400 }, async (app) => {
      await exportsArrive(collector, 1)
      await collector.close()
      // An export that was under way may have another line.
      await app.line(/cannot send metrics to \S+ \(connect ECONNREFUSED 127\.0\.0\.1:\d+\); trying again/, 'stderr')
      await collector.listen()
      await assertRecovers(app, collector)
    })
  })

  it('does not respond to forty exports has the next one at its interval', () =>
    withApp({ fault: {}, intervalMs: 50 }, async (app, collector) => {
      await until(() => collector.connections >= 40 || undefined)
      assertSaid(app, collector, /^no response within \d+ ms$/)
      await assertRecovers(app, collector)
    }))

  it('never responds keeps no process alive by a socket or a timer, not even by those of the reader', () =>
    withApp({ fault: {}, intervalMs: 2000 }, (_app, collector) => until(() => collector.connections > 0 || undefined)))

  it('responds to more than it is asked has every export, and no line on stderr', () =>
    withApp(
      { fault: { requested: (socket) => socket.write(ACCEPTED + ACCEPTED) }, intervalMs: 1000 },
      async (app, collector) => {
        await exportsArrive(collector, 4)
        assertNothingSaid(app)
        assert.ok(collector.received[0]?.fields.includes('authorization'))
      },
    ))

  it('closes idle connections as they are used again has every export, and no line on stderr', () => {
    const fault: Fault = {
      requested(socket, ofConnection) {
        if (ofConnection > 1) socket.resetAndDestroy()
        else socket.write(ACCEPTED)
      },
    }
    return withApp({ fault, intervalMs: 1000 }, async (app, collector) => {
      await until(() => collector.connections >= 4 || undefined)
      assertNothingSaid(app)
    })
  })
})
