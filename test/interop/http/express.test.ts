import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { afterRequests, counted, SIZES } from './requests.ts'

const APP = new URL('./apps/express.js', import.meta.url)

describe('sizes of bodies', () => {
  let app: App
  let url: string
  before(async () => {
    app = await startApp(APP)
    url = `http://127.0.0.1:${app.ready}`
  })
  after(() => app.stop())

  it('counts the bytes of bodies on the wire: JSON, compressed and chunked', async () => {
    const body = JSON.stringify({ text: 'Grüße' })
    const echoed = await fetch(`${url}/echo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const echoedBytes = (await echoed.arrayBuffer()).byteLength
    const zippedBytes = await new Promise<number>((resolve, reject) => {
      // node:http does not decode bodies, so it gets the bytes that are on the wire.
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
    assert.deepEqual(counted(families, SIZES.request), {
      'POST 200 /echo': Buffer.byteLength(body),
      'GET 200 /zipped': 0,
    })
    assert.deepEqual(counted(families, SIZES.response), {
      'POST 200 /echo': echoedBytes,
      'GET 200 /zipped': zippedBytes,
    })
    assert.ok(zippedBytes > 0 && zippedBytes < 1000)
  })
})

describe('clients that disconnect', () => {
  let app: App
  before(async () => {
    app = await startApp(APP)
  })
  after(() => app.stop())

  it('counts requests whose client disconnects before the response, and in the middle of it, as 499', async () => {
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
    assert.deepEqual(counted(families, SIZES.response), {
      'GET 499 /never': 0,
      'GET 499 /half': 4,
    })
  })
})
