import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startApp } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { certificate, type ServedStream, startLedger } from './http2-ledger.ts'

const APP = new URL('./apps/http2-clients.js', import.meta.url)
const OBSERVER = fileURLToPath(new URL('./apps/client-exchanges.js', import.meta.url))

const CLIENTS = [
  ...['node:http2', 'axios', 'got', 'got 14'],
  ...['undici', 'fetch of undici', 'fetch of undici 7', 'fetch of Node.js'],
]

/**
 * These connect to find out the server's protocol before they create a request, so a refused connection has no request.
 */
const CONNECTS_FIRST = ['got', 'got 14']

/** What the app's observer printed about an exchange. */
interface Exchange extends ServedStream {
  /** Absent without a response. */
  readonly status?: number
  readonly outcome: string
}

const sorted = (list: readonly object[]) => list.map((item) => JSON.stringify(item)).sort()

describe('clients over HTTP/2', { concurrency: 2 }, () => {
  let refusing: string
  before(async () => {
    refusing = `https://localhost:${await freePort()}`
  })

  for (const client of CLIENTS) {
    describe(client, () => {
      let ledger: Awaited<ReturnType<typeof startLedger>>
      let exchanges: Exchange[]

      before(async () => {
        ledger = await startLedger()
        const app = await startApp(APP, {
          preload: 'none',
          nodeOptions: ['--import', OBSERVER],
          args: [client, ledger.origin, refusing],
          env: { NODE_EXTRA_CA_CERTS: fileURLToPath(certificate) },
        })
        await app.line(/^done$/)
        await app.stop()
        exchanges = app
          .stdout()
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line))
        assert.doesNotMatch(app.stdout(), /^fault/m)
      })
      after(() => ledger.close())

      const exchangesTo = (pattern: RegExp) => exchanges.filter(({ target }) => pattern.test(target))

      it(`observes each request of ${client} once, as the server served it`, () => {
        assert.equal(ledger.served.length, 11)
        const complete = exchanges
          .filter(({ outcome }) => outcome === 'complete')
          .map(({ method, target, requestBytes, responseBytes, status }) => ({
            ...{ method, target, requestBytes, responseBytes },
            status,
          }))
        assert.deepEqual(sorted(complete), sorted(ledger.served.map((stream) => ({ ...stream, status: 200 }))))
      })

      it(`observes what ${client} aborts as aborted, and what the server resets as an error`, () => {
        assert.deepEqual(
          exchangesTo(/hang|reset/).map(({ target, status, outcome }) => [target, status, outcome]),
          [
            ['/hang', 200, 'aborted'],
            ['/reset', 200, 'error'],
          ],
        )
      })

      it(`observes requests of ${client} that wait for a refused connection as errors`, () => {
        assert.deepEqual(
          exchangesTo(/refused/).map(({ status, outcome }) => [status, outcome]),
          CONNECTS_FIRST.includes(client) ? [] : Array(2).fill([undefined, 'error']),
        )
      })
    })
  }
})
