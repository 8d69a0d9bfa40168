import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { afterRequests, counted, total } from './requests.ts'

describe('requests and responses that middleware rewrites', () => {
  let app: App
  let at: { express: number; fastify: number }
  before(async () => {
    app = await startApp(new URL('./apps/rewriting.js', import.meta.url))
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  for (const [what, server, method, path, headers, status, expected] of [
    [
      'method-override',
      'express',
      'POST',
      '/users/1',
      { 'x-http-method-override': 'DELETE' },
      202,
      'POST 202 /users/:id',
    ],
    ['a rewritten URL', 'express', 'GET', '/old/1', {}, 200, 'GET 200 /users/:id'],
    ['a status that is set after the head', 'express', 'GET', '/stream', {}, 200, 'GET 200 /stream'],
    ['@fastify/express', 'fastify', 'GET', '/users/1', {}, 200, 'GET 200 /users/:id'],
    ['@fastify/express and another status', 'fastify', 'GET', '/missing', {}, 404, 'GET 404 /missing'],
  ] as const) {
    it(`counts the method and the status that were sent, with ${what}`, async () => {
      const before = await app.metrics()
      const response = await fetch(`http://127.0.0.1:${at[server]}${path}`, { method, headers })
      await response.text()
      assert.equal(response.status, status)
      const now = counted(await afterRequests(app, total(before) + 1))
      assert.equal((now[expected] ?? 0) - (counted(before)[expected] ?? 0), 1, JSON.stringify(now))
    })
  }
})
