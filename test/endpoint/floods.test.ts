import assert from 'node:assert/strict'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../harness/until.ts'
import { exchange, GET_METRICS, openFlood } from './flood.ts'
import { type Measured, type MeasuredApp, startMeasuredApp } from './measured-app.ts'
import { scrapeDuring } from './scraper.ts'

/** How long the app's event loop may be held, in CPU time of its thread. */
const MAX_HELD_MS = 50
const MAX_SCRAPE_MS = 1000

/** How often a flood is tried: on a machine that is busy with other work, a scrape may take long whatever the server does. */
const ATTEMPTS = 4

/** What may be left in memory after a flood: of the 2.8 MB that a scrape has, buffers are kept for the next. */
const LEFT_BYTES = 16 * 2 ** 20

const skip = process.platform !== 'linux' && 'the scraper needs an address of its own'

describe('an app whose scrape endpoint is flooded', { skip }, () => {
  let measured: MeasuredApp
  let baseline: Measured

  before(async () => {
    measured = await startMeasuredApp()
    // The first scrapes compile and load what later ones need.
    for (let i = 0; i < 5; i++)
      await exchange(measured.port, GET_METRICS.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    await measured.measure()
    baseline = await measured.measure()
  })
  after(() => measured.app.stop())

  /**
   * Runs a flood, and fails unless each scrape meanwhile has the metrics within a second, the app's loop was never held
   * for long, and the memory is given back.
   */
  async function survives(flood: (port: number) => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await measured.measure()
      const scrapes = await scrapeDuring(measured.url, () => flood(measured.port))
      const { heldMs } = await measured.measure()
      for (const { result, bytes } of scrapes) assert.deepEqual([result, bytes > 1e6], [200, true])
      const slowestMs = Math.max(...scrapes.map(({ durationMs }) => durationMs))
      if (heldMs < MAX_HELD_MS && slowestMs < MAX_SCRAPE_MS) break
      assert.ok(attempt < ATTEMPTS, `the loop was held for ${heldMs} ms of CPU, and a scrape took ${slowestMs} ms`)
    }
    await until(async () => {
      const { memoryBytes } = await measured.measure()
      return memoryBytes < baseline.memoryBytes + LEFT_BYTES || undefined
    })
  }

  for (const encoding of ['identity', 'gzip']) {
    it(`serves some of 200 scrapes (${encoding}) at once, and responds to the others with 503`, () =>
      survives(async (port) => {
        const request = GET_METRICS.replace('\r\n\r\n', `\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`)
        const responses = await Promise.all(Array.from({ length: 200 }, () => exchange(port, request)))
        const statuses = responses.map(({ text }) => text.slice(9, 12))
        const served = statuses.filter((status) => status === '200').length
        assert.ok(served >= 16, `${served} have status 200`)
        assert.deepEqual(new Set(statuses), new Set(['200', '503']))
      }))
  }

  for (const [what, request] of Object.entries({
    'the metrics': GET_METRICS,
    'what is not there': 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a malformed request': 'GET / HTTP/1.1\r\n\r\n',
    'an expectation': 'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n',
  })) {
    it(`responds to the first of 10,000 requests in one write (${what}), and closes the connection`, () =>
      survives(async (port) => {
        const { text } = await exchange(port, request.repeat(10_000))
        assert.equal(text.match(/^HTTP\/1\.1 /gm)?.length, 1)
        assert.match(text, /^connection: close\r$/im)
      }))
  }

  it('closes most of 2,000 connections that send nothing', () =>
    survives(async (port) => {
      const flood = await openFlood(port, 2000)
      await until(() => flood.openCount() <= 64 || undefined)
      flood.close()
    }))

  it('closes most of 1,000 connections that send a byte a second, and each after a while', () =>
    survives(async (port) => {
      const flood = await openFlood(port, 1000)
      const request = `${GET_METRICS.slice(0, -2)}X: ${'x'.repeat(1000)}`
      for (let sent = 0; flood.openCount() > 0; sent++) {
        for (const socket of flood.sockets) if (socket.writable) socket.write(request[sent] ?? '')
        await sleep(1000)
      }
    }))

  it('drops 200 clients that never read', () =>
    survives(async (port) => {
      const flood = await openFlood(port, 200, { text: GET_METRICS, reads: false })
      // A client that reads nothing does not see that its connection was reset, unless it writes.
      await until(() => {
        for (const socket of flood.sockets) if (socket.writable) socket.write('\r\n')
        return flood.openCount() <= 64 || undefined
      })
      flood.close()
    }))

  it('serves 50 clients at once that have closed their side', () =>
    survives(async (port) => {
      const scrape = () =>
        new Promise<number>((resolve) => {
          const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
          let bytes = 0
          socket.on('data', (chunk) => {
            bytes += chunk.length
          })
          socket.on('error', () => {})
          socket.on('close', () => resolve(bytes))
          socket.end(GET_METRICS)
        })
      const sizes = await Promise.all(Array.from({ length: 50 }, scrape))
      assert.ok(sizes.filter((bytes) => bytes > 1e6).length >= 16, String(sizes))
    }))

  it('is not impressed by 2,000 connections that are reset', () =>
    survives(async (port) => {
      for (let i = 0; i < 10; i++) {
        const flood = await openFlood(port, 200, { text: GET_METRICS })
        for (const socket of flood.sockets) socket.resetAndDestroy()
      }
    }))
})
