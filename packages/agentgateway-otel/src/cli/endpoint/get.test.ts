import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { get } from './get.ts'
import { targetOf } from './target.ts'

describe('get', () => {
  const server = createServer((request, response) => {
    if (request.url === '/stalled') response.write('begun')
    else response.end(request.url === '/long' ? 'x'.repeat(2000) : JSON.stringify(request.headers))
  })
  let url: string
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })

  const fetched = (path: string, options = {}, credentials = '') => {
    const target = targetOf({ url: url.replace('://', `://${credentials}`) + path }, {})
    return get(target, target.url, { accept: 'text/plain', ...options })
  }

  it('gives up a response that takes too long', async () => {
    await assert.rejects(fetched('/stalled', { timeoutMs: 50 }), { failure: 'timed-out', exitCode: 1 })
  })

  it('gives up a response that is too large', async () => {
    assert.equal((await fetched('/long', { maxBytes: 2000 })).text.length, 2000)
    await assert.rejects(fetched('/long', { maxBytes: 1999 }), { failure: 'too-large' })
  })

  it('sends the credentials of the URL decoded, as UTF-8, and shows them in no URL', async () => {
    const { text } = await fetched('/', {}, 'ü:p%40ss@')
    const { authorization } = JSON.parse(text) as { authorization: string }
    assert.equal(Buffer.from(authorization.replace('Basic ', ''), 'base64').toString(), 'ü:p@ss')
    assert.equal(targetOf({ url: 'https://a:b@host' }, {}).url.href, 'https://host/metrics')
  })

  for (const [environment, expected] of [
    [{}, 'http://localhost:15020/metrics'],
    [{ OTEL_EXPORTER_PROMETHEUS_PORT: '9464' }, 'http://localhost:9464/metrics'],
    [{ OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0' }, 'http://127.0.0.1:15020/metrics'],
    [{ OTEL_EXPORTER_PROMETHEUS_HOST: '::' }, 'http://localhost:15020/metrics'],
    [{ OTEL_EXPORTER_PROMETHEUS_HOST: '[::1]' }, 'http://[::1]:15020/metrics'],
  ] as const) {
    it(`finds the endpoint of an app with ${JSON.stringify(environment)}`, () => {
      assert.equal(targetOf({}, environment).url.href, expected)
    })
  }
})
