import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertNothingSaid, exportsArrive, withApp } from './faulty-app.ts'
import { ACCEPTED, type Fault, FaultyCollector } from './faulty-collector.ts'

/** A fault that responds to the first request like this, and accepts the others. */
function once(status: string, fields = ''): Fault {
  let isFirst = true
  return {
    requested(socket) {
      socket.write(isFirst ? `HTTP/1.1 ${status}\r\n${fields}content-length: 0\r\n\r\n` : ACCEPTED)
      isFirst = false
    },
  }
}

/** Waits for two requests, and asserts that the second is the first one again. Returns the time between them. */
async function waitBeforeRetry(collector: FaultyCollector): Promise<number> {
  await exportsArrive(collector, 2)
  const [first = assert.fail(), second = assert.fail()] = collector.received
  assert.deepEqual(first.body, second.body)
  return second.timeMs - first.timeMs
}

describe('an export, within its time,', { concurrency: 8 }, () => {
  for (const status of ['429 Too Many Requests', '502 Bad Gateway', '503 Service Unavailable', '504 Gateway Timeout']) {
    it(`is sent again after ${status}, which is not said`, () =>
      withApp({ fault: once(status), intervalMs: 4000 }, async (app, collector) => {
        await waitBeforeRetry(collector)
        await exportsArrive(collector, 3)
        assertNothingSaid(app)
      }))
  }

  for (const [kind, retryAfter] of [
    ['seconds', () => '2'],
    ['a date', () => new Date(Date.now() + 3000).toUTCString()],
  ] as const) {
    it(`waits for as long as Retry-After says in ${kind}`, () => {
      const fault: Fault = {
        requested(socket) {
          const fields = `retry-after: ${retryAfter()}\r\ncontent-length: 0\r\n`
          socket.write(`HTTP/1.1 503 Service Unavailable\r\n${fields}\r\n`)
        },
      }
      return withApp({ fault, intervalMs: 6000 }, async (_app, collector) => {
        // A timer may be a millisecond early, and a date has no milliseconds. Without the header it would be a second at most.
        const waitedMs = await waitBeforeRetry(collector)
        assert.ok(waitedMs > 1990, `waited for ${waitedMs} ms`)
      })
    })
  }

  it('is sent again after its connection was refused, which is not said', async () => {
    const collector = new FaultyCollector()
    const intervalMs = 4000
    await withApp({ collector, intervalMs }, async (app) => {
      await exportsArrive(collector, 1)
      await collector.close()
      await sleep(intervalMs)
      await collector.listen()
      collector.turn()
      await exportsArrive(collector, 1)
      assertNothingSaid(app)
    })
  })

  it('keeps no process alive that is done as it waits', async () => {
    const collector = new FaultyCollector()
    const fault = once('503 Service Unavailable', 'retry-after: 2\r\n')
    await withApp({ collector, fault, intervalMs: 3000 }, () => exportsArrive(collector, 1))
    assert.equal(collector.requests, 1)
  })
})
