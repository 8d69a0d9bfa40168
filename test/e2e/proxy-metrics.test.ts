import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { sumOf } from '../harness/prometheus-text.ts'

const APP = new URL('../otlp/apps/calls-itself.mjs', import.meta.url)

const REQUEST = 'GET /called HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('the group of the proxy', () => {
  it('has the version of the instrumentation, whose value is 1', async () => {
    const app = await startApp(APP, { env: { AGENTGATEWAY_METRICS: 'proxy' } })
    const [sample] = (await app.metrics()).get('agentgateway_build_info')?.samples ?? []
    assert.match(sample?.labels.tag ?? '', /^\d+\.\d+\.\d+/)
    assert.equal(sample?.value, 1)
    await app.stop()
  })

  it('counts a connection when it is accepted, and its bytes when it has ended', async () => {
    const app = await startApp(APP, { env: { AGENTGATEWAY_METRICS: 'proxy' } })
    const labels = { bind: app.ready, listener: 'unknown', protocol: 'http' }
    const count = (name: string) => (families: Awaited<ReturnType<typeof app.metrics>>) =>
      sumOf(families, `agentgateway_downstream_${name}`, labels)
    const socket = connect(Number(app.ready), '127.0.0.1')
    await once(socket, 'connect')
    const accepted = await app.metricsWhen((now) => count('connections_total')(now) === 1)
    assert.equal(count('received_bytes_total')(accepted), 0)
    socket.end(REQUEST)
    let received = 0
    for await (const chunk of socket) received += chunk.length
    const ended = await app.metricsWhen((now) => count('received_bytes_total')(now) > 0)
    assert.deepEqual(
      [count('received_bytes_total')(ended), count('sent_bytes_total')(ended)],
      [Buffer.byteLength(REQUEST), received],
    )
    await app.stop()
  })
})
