import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import * as undici from 'undici'
import { type Exchange, observe } from './index.ts'

interface Offer {
  readonly path: string
  readonly isInCallerContext: boolean
  /** The caller in whose context the exchange was offered. */
  readonly caller: string | undefined
}

const callers = new AsyncLocalStorage<string>()

describe('Exchange.isInCallerContext', () => {
  const server = http.createServer((_request, response) => setTimeout(() => response.end('pong'), 20))
  const http2Server = http2.createServer((_request, response) => response.end('pong'))
  let url: string
  let http2Url: string
  before(async () => {
    for (const one of [server, http2Server]) await once(one.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    http2Url = `http://127.0.0.1:${(http2Server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
    http2Server.close()
  })

  /** Sends this many requests at the same time, each in a context of its own, and returns what was offered. */
  async function offersOf(count: number, send: (path: string) => Promise<unknown>): Promise<readonly Offer[]> {
    const offers: Offer[] = []
    const stop = observe({
      clientExchange({ target, isInCallerContext }: Exchange) {
        offers.push({ path: target, isInCallerContext, caller: callers.getStore() })
        return undefined
      },
    })
    try {
      const paths = Array.from({ length: count }, (_, i) => `/${i}`)
      await Promise.all(paths.map((path) => callers.run(path, () => send(path))))
    } finally {
      stop()
    }
    assert.equal(offers.length, count)
    return offers
  }

  function assertAllInContext(offers: readonly Offer[]): void {
    for (const { path, isInCallerContext, caller } of offers) {
      assert.deepEqual({ isInCallerContext, caller }, { isInCallerContext: true, caller: path })
    }
  }

  it('is true of requests of http, also of those that wait for a connection', async () => {
    const agent = new http.Agent({ maxSockets: 1, keepAlive: true })
    const offers = await offersOf(4, async (path) => {
      const [response] = await once(http.get(url + path, { agent }), 'response')
      await once(response.resume(), 'end')
    })
    agent.destroy()
    assertAllInContext(offers)
  })

  it('is true of requests of http2, also of those that wait for a connection', async () => {
    const session = http2.connect(http2Url)
    const send = (path: string) => once(session.request({ ':path': path }).resume(), 'end')
    assertAllInContext(await offersOf(3, send))
    assertAllInContext(await offersOf(3, send))
    session.close()
  })

  for (const [name, fetch] of Object.entries({ "Node's": globalThis.fetch, "undici's": undici.fetch })) {
    it(`is true of requests of ${name} fetch`, async () => {
      const send = async (path: string) => (await fetch(url + path, { method: 'POST', body: '{}' })).text()
      assertAllInContext(await offersOf(4, send))
      assertAllInContext(await offersOf(4, send))
    })
  }

  it('is false of a fetch that waited for a connection, which may be dispatched in another context', async () => {
    const dispatcher = new undici.Agent({ connections: 2 })
    const offers = await offersOf(5, async (path) => (await undici.fetch(url + path, { dispatcher })).text())
    await dispatcher.close()
    const inContext = offers.filter(({ isInCallerContext }) => isInCallerContext)
    assert.equal(inContext.length, 2)
    assertAllInContext(inContext)
  })

  it('is false of requests of undici.request, of which that is not known', async () => {
    const offers = await offersOf(2, async (path) => (await undici.request(url + path)).body.text())
    assert.ok(offers.every(({ isInCallerContext }) => !isInCallerContext))
  })

  it('is false at servers', async () => {
    const offered: boolean[] = []
    const stop = observe({
      serverExchange({ isInCallerContext }) {
        offered.push(isInCallerContext)
        return undefined
      },
    })
    await (await fetch(url)).text()
    stop()
    assert.deepEqual(offered, [false])
  })
})
