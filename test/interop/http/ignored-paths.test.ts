import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { skip } from './http2-channels.ts'
import { afterRequests, connections, counted, total } from './requests.ts'
import { sendRaw } from './send-raw.ts'

const IGNORED = { AGENTGATEWAY_HTTP_IGNORE: '/old/1, /hello,/internal/*,/users/*' }

describe('requests to paths of AGENTGATEWAY_HTTP_IGNORE', () => {
  let app: App
  let port: number
  let http2Port: number
  before(async () => {
    app = await startApp(new URL('./apps/any-path.js', import.meta.url), { env: IGNORED })
    ;({ http: port, http2: http2Port } = JSON.parse(app.ready))
  })
  after(() => app.stop())

  for (const [target, isCounted] of [
    ['/hello', false],
    ['/hello?x=/y', false],
    ['/hello/', true],
    ['/hello/y', true],
    ['/Hello', true],
    ['/%68ello', true],
    ['//hello', true],
    ['/internal', true],
    ['/internal/', false],
    ['/internal/x?y', false],
    ['/internal/x/y', false],
    ['/internals', true],
    ['http://a.example/hello', false],
    ['HTTP://a.example:80/internal/x', false],
    ['http://a.example?/hello', true],
    ['*', true],
  ] as const) {
    it(`${isCounted ? 'are no others' : 'are not counted'}: ${target}`, async () => {
      const before = await app.metrics()
      const method = target === '*' ? 'OPTIONS' : 'GET'
      await sendRaw(port, `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
      // What is counted later shows that this one was not.
      await sendRaw(port, 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      const expected = total(before) + (isCounted ? 2 : 1)
      const families = await afterRequests(app, expected)
      assert.equal(total(families), expected)
      // Connections are counted all the same.
      const key = `${port} http`
      assert.equal((connections(families, 'total')[key] ?? 0) - (connections(before, 'total')[key] ?? 0), 2)
    })
  }

  it('are not counted over HTTP/2', { skip }, async () => {
    const before = total(await app.metrics())
    const session = http2.connect(`http://127.0.0.1:${http2Port}`)
    for (const path of ['/hello', '/hello?x', '/internal/x', '/last']) {
      await once(session.request({ ':path': path }).resume(), 'close')
    }
    session.close()
    assert.equal(total(await afterRequests(app, before + 1)), before + 1)
  })

  it('are those that the client sent, whatever Express makes of them', async () => {
    const app = await startApp(new URL('./apps/rewriting.js', import.meta.url), {
      env: { AGENTGATEWAY_HTTP_IGNORE: '/old/1' },
    })
    const { express, fastify } = JSON.parse(app.ready)
    await (await fetch(`http://127.0.0.1:${express}/old/1`)).text()
    await (await fetch(`http://127.0.0.1:${express}/users/1`)).text()
    await (await fetch(`http://127.0.0.1:${fastify}/users/1`)).text()
    assert.deepEqual(counted(await afterRequests(app, 2)), { 'GET 200 /users/:id': 2 })
    await app.stop()
  })
})
