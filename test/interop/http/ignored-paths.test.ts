import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { connections, counted, total } from './requests.ts'

const IGNORED = ['/healthz', '/healthz?probe=1', '/internal/x', '/internal/', '/internal/a/b?c']
const COUNTED = [
  '/',
  '/healthz/',
  '/Healthz',
  '/healthz2',
  '/internal',
  '/internals/x',
  '/%68ealthz',
  '/old',
  '/a?/healthz',
]

/** Sends a request over HTTP/1 on a connection of its own. The target is sent as it is, whatever its form. */
async function get(port: number, path: string, { method = 'GET', body = '' } = {}): Promise<void> {
  const headers =
    body === '' ? {} : { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent: false }).end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  await once(response.resume(), 'end')
}

/** Sends requests over one connection of HTTP/2. */
async function getByHttp2(port: number, paths: readonly string[]): Promise<void> {
  const session = http2.connect(`http://127.0.0.1:${port}`)
  for (const path of paths) await once(session.request({ ':path': path }).resume(), 'end')
  await new Promise<void>((resolve) => session.close(resolve))
}

describe('AGENTGATEWAY_HTTP_IGNORE', () => {
  let app: App
  let ports: Readonly<Record<string, number>>
  let sent = 0
  before(async () => {
    app = await startApp(new URL('./apps/ignored-paths.js', import.meta.url), {
      env: { AGENTGATEWAY_HTTP_IGNORE: '/healthz, /internal/*' },
    })
    ports = Object.fromEntries(JSON.parse(app.ready))
  })
  after(() => app.stop())

  for (const name of ['http', 'express', 'fastify']) {
    it(`leaves out the requests of ${name} whose paths are ignored, and no others`, async () => {
      const port = ports[name] as number
      const origin = `http://127.0.0.1:${port}`
      // The last ones are counted, so that by then the others would have been counted as well.
      const targets = [...IGNORED, `${origin}/healthz`, `${origin}/internal/x?y`, ...COUNTED]
      for (const target of targets) await get(port, target)
      sent += COUNTED.length
      const families = await app.metricsWhen((families) => total(families) >= sent)
      assert.equal(total(families), sent)
      for (const metric of ['request_duration_seconds', 'request_size_bytes', 'response_size_bytes']) {
        const counts = Object.values(counted(families, `agentgateway_${metric}_count`))
        assert.equal(
          counts.reduce((sum, count) => sum + count),
          sent,
          metric,
        )
      }
      assert.equal(connections(families, 'total')[`${port} http`], targets.length)
    })
  }

  for (const name of ['http2', 'streams']) {
    it(`leaves out the requests of ${name} whose paths are ignored, and no others`, async () => {
      await getByHttp2(ports[name] as number, [...IGNORED, ...COUNTED])
      sent += COUNTED.length
      const families = await app.metricsWhen((families) => total(families) >= sent)
      assert.equal(total(families), sent)
      assert.equal(connections(families, 'total')[`${ports[name]} http`], 1)
    })
  }

  it('leaves the metrics of MCP as they are', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
    await get(ports.http as number, '/internal/mcp', { method: 'POST', body })
    const families = await app.metricsWhen(
      (families) => (families.get('agentgateway_mcp_requests_total')?.samples.length ?? 0) > 0,
    )
    assert.equal(families.get('agentgateway_mcp_requests_total')?.samples[0]?.value, 1)
    assert.equal(total(families), sent)
  })
})
