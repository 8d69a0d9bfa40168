import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { type App, startApp } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'

const appFile = (name: string) => new URL(`./apps/${name}`, import.meta.url)

/** The requests that were counted, by method, status and route; or another sample of the HTTP metrics. */
function counted(families: Families, sample = 'agentgateway_requests_total'): Record<string, number> {
  const family = families.get(sample.replace(/_(sum|count)$/, ''))
  return Object.fromEntries(
    (family?.samples ?? [])
      .filter(({ name }) => name === sample)
      .map(({ labels, value }) => [`${labels.method} ${labels.status} ${labels.route}`, value]),
  )
}

const total = (families: Families) => Object.values(counted(families)).reduce((sum, value) => sum + value, 0)

/** The scrape that has so many requests: a response is counted when it was written, a moment after the client has it. */
const afterRequests = (app: App, count: number) => app.metricsWhen((families) => total(families) >= count)

for (const express of ['express', 'express4']) {
  describe(`routes of ${express}`, () => {
    let app: App
    let url: string
    let requests = 0

    before(async () => {
      app = await startApp(appFile('express.js'), { env: { EXPRESS: express } })
      url = `http://127.0.0.1:${app.ready}`
    })
    after(() => app.stop())

    async function routeOf(path: string, method = 'GET'): Promise<string> {
      const before = counted(await app.metrics())
      const response = await fetch(url + path, { method })
      await response.arrayBuffer()
      requests++
      const after = counted(await afterRequests(app, requests))
      const changed = Object.keys(after).filter((key) => after[key] !== before[key])
      assert.equal(changed.length, 1)
      return changed[0] ?? ''
    }

    for (const [path, expected] of [
      ['/', '200 /'],
      ['/users', '200 /users'],
      ['/users/', '200 /users'],
      ['/users/42', '200 /users/:id'],
      ['/people/42', '200 /people/:id'],
      ['/users/42/posts', '200 /users/:id/posts'],
      ['/users/users/posts/posts?postId=7', '200 /users/:id/posts/:postId'],
      ['/people/7/posts/8', '200 /people/:id/posts/:postId'],
      ['/people/7/posts/8/fail', '500 /people/:id/posts/:postId/fail'],
      ['/users/7/posts/8/fail', '500 /users/:id/posts/:postId/fail'],
      ['/Files/v1.0/square', '200 /Files/v1.0/square'],
      ['/admin', '200 /admin'],
      ['/admin/log/monday', '200 /admin/log/:day'],
      ['/regular-x', '200 /^\\/re.*x$/'],
      ['/first', '200 /first,/second/:x'],
      ['/second/3', '200 /first,/second/:x'],
      ['/later', '200 /later'],
      ['/nowhere', '404 unknown'],
      ['/nowhere/else/%00', '404 unknown'],
      ['/users/1/2/3', '404 unknown'],
      ['/static/express.js', '200 unknown'],
    ] as const) {
      it(`${path} is ${expected}`, async () => assert.equal(await routeOf(path), `GET ${expected}`))
    }

    it('HEAD and methods of its own invention', async () => {
      assert.equal(await routeOf('/users/9', 'HEAD'), 'HEAD 200 /users/:id')
      assert.equal(await routeOf('/users/9', 'PURGE'), '_OTHER 404 unknown')
    })
  })
}

describe('sizes of bodies', () => {
  let app: App
  let url: string
  before(async () => {
    app = await startApp(appFile('express.js'))
    url = `http://127.0.0.1:${app.ready}`
  })
  after(() => app.stop())

  it('are those on the wire: JSON, compressed and chunked', async () => {
    const body = JSON.stringify({ text: 'Grüße' })
    const echoed = await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const echoedBytes = (await echoed.arrayBuffer()).byteLength
    const zippedBytes = await new Promise<number>((resolve, reject) => {
      // node:http does not decode, so it sees what is on the wire.
      http.get(`${url}/zipped`, { headers: { 'accept-encoding': 'gzip' }, agent: false }, (response) => {
        assert.equal(response.headers['content-encoding'], 'gzip')
        assert.equal(response.headers['transfer-encoding'], 'chunked')
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        response.on('end', () => resolve(bytes)).on('error', reject)
      })
    })
    const families = await afterRequests(app, 2)
    assert.deepEqual(counted(families, 'agentgateway_request_size_bytes_sum'), {
      'POST 200 /echo': Buffer.byteLength(body),
      'GET 200 /zipped': 0,
    })
    assert.deepEqual(counted(families, 'agentgateway_response_size_bytes_sum'), {
      'POST 200 /echo': echoedBytes,
      'GET 200 /zipped': zippedBytes,
    })
    assert.ok(zippedBytes > 0 && zippedBytes < 1000)
  })
})

describe('clients that leave', () => {
  let app: App
  before(async () => {
    app = await startApp(appFile('express.js'))
  })
  after(() => app.stop())

  it('are counted as 499, before and in the middle of the answer', async () => {
    for (const path of ['/never', '/half']) {
      const socket = net.connect(Number(app.ready), '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      if (path === '/half') await once(socket, 'data')
      else
        await app.metricsWhen(
          (families) => (families.get('agentgateway_connections_active')?.samples[0]?.value ?? 0) > 0,
        )
      socket.destroy()
    }
    const families = await afterRequests(app, 2)
    assert.deepEqual(counted(families), { 'GET 499 /never': 1, 'GET 499 /half': 1 })
    assert.deepEqual(counted(families, 'agentgateway_request_duration_seconds_count'), {
      'GET 499 /never': 1,
      'GET 499 /half': 1,
    })
    assert.deepEqual(counted(families, 'agentgateway_response_size_bytes_sum'), {
      'GET 499 /never': 0,
      'GET 499 /half': 4,
    })
  })
})

describe('routes of Fastify', () => {
  it('are its templates, whoever answers: handler, hook, validation, body limit or error', async () => {
    const app = await startApp(appFile('fastify.js'))
    const url = `http://127.0.0.1:${app.ready}`
    const json = (body: unknown) => ({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const statuses = []
    for (const [path, init] of [
      ['/', {}],
      ['/items/1', {}],
      ['/items/2', {}],
      ['/items', json({ name: 'x' })],
      ['/items', json({})],
      ['/items', json({ name: 'x'.repeat(2000) })],
      ['/private/plans', {}],
      ['/fail', {}],
      ['/nowhere', {}],
    ] as const) {
      const response = await fetch(url + path, init)
      await response.arrayBuffer()
      statuses.push(response.status)
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 400, 413, 401, 500, 404])
    assert.deepEqual(counted(await afterRequests(app, statuses.length)), {
      'GET 200 /': 1,
      'GET 200 /items/:id': 2,
      'POST 200 /items': 1,
      'POST 400 /items': 1,
      'POST 413 /items': 1,
      'GET 401 /private/:secret': 1,
      'GET 500 /fail': 1,
      'GET 404 unknown': 1,
    })
    await app.stop()
  })
})

describe('servers of Node.js', () => {
  let app: App
  let at: { http: number; https: number; tls: number; tcp: number; unix: string }
  before(async () => {
    app = await startApp(appFile('plain.cjs'), { preload: '--require' })
    at = JSON.parse(app.ready)
  })
  after(() => app.stop())

  const connections = (families: Families, name: string) =>
    Object.fromEntries(
      (families.get(name)?.samples ?? []).map(({ labels, value }) => [`${labels.bind} ${labels.protocol}`, value]),
    )

  const get = (url: string, agent: http.Agent, options: http.RequestOptions = {}) =>
    new Promise<void>((resolve, reject) => {
      const { request } = url.startsWith('https') ? https : http
      request(url, { agent, ...options }, (response) => response.resume().on('end', () => resolve()))
        .on('error', reject)
        .end()
    })

  it('have their requests and connections counted, and our own endpoint has not', async () => {
    const plain = new http.Agent({ keepAlive: true, maxSockets: 1 })
    const secure = new https.Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false })
    for (let i = 0; i < 10; i++) await get(`http://127.0.0.1:${at.http}/`, plain)
    await Promise.all(Array.from({ length: 10 }, () => get(`https://127.0.0.1:${at.https}/`, secure)))
    await get('http://localhost/', new http.Agent(), { socketPath: at.unix })
    await once(net.connect(at.tcp, '127.0.0.1').resume(), 'close')
    await once(tls.connect({ port: at.tls, host: '127.0.0.1', rejectUnauthorized: false }).resume(), 'close')
    for (let i = 0; i < 3; i++) await app.metrics()

    const open = { [`${at.http} http`]: 1, [`${at.https} https`]: 2 }
    const closed = { 'unix http': 0, [`${at.tcp} tcp`]: 0, [`${at.tls} tls`]: 0 }
    const families = await app.metricsWhen((families) => {
      const active = connections(families, 'agentgateway_connections_active')
      return total(families) === 21 && Object.keys(closed).every((key) => active[key] === 0)
    })
    assert.deepEqual(counted(families), { 'GET 200 unknown': 21 })
    assert.deepEqual(connections(families, 'agentgateway_connections_active'), { ...open, ...closed })
    assert.deepEqual(connections(families, 'agentgateway_connections_total'), {
      ...open,
      'unix http': 1,
      [`${at.tcp} tcp`]: 1,
      [`${at.tls} tls`]: 1,
    })

    plain.destroy()
    secure.destroy()
    await app.metricsWhen((families) =>
      Object.values(connections(families, 'agentgateway_connections_active')).every((count) => count === 0),
    )
  })

  it('that cut a connection before any answer leave the status unknown', async () => {
    await assert.rejects(get(`http://127.0.0.1:${at.http}/silent`, new http.Agent()))
    const families = await app.metricsWhen((families) => counted(families)['GET _OTHER unknown'] !== undefined)
    assert.equal(counted(families)['GET _OTHER unknown'], 1)
  })

  it('that do not read an upload have it counted all the same', async () => {
    const bytes = 1_000_000
    const agent = new http.Agent({ keepAlive: true })
    const request = http.request(`http://127.0.0.1:${at.http}/unread`, { method: 'POST', agent })
    for (let sent = 0; sent < bytes; sent += 10_000) request.write(Buffer.alloc(10_000))
    request.end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    response.resume()
    const families = await app.metricsWhen((families) => counted(families)['POST 200 unknown'] === 1)
    assert.equal(counted(families, 'agentgateway_request_size_bytes_sum')['POST 200 unknown'], bytes)
    agent.destroy()
  })
})
