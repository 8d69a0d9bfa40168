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
