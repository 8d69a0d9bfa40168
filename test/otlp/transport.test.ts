import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { startApp } from '../harness/app.ts'
import { until } from '../harness/until.ts'

const APP = new URL('./apps/names-its-resources.js', import.meta.url)

describe('an export that waits for its response', () => {
  const sockets = new Set<net.Socket>()
  const hanging = net.createServer((socket) => sockets.add(socket))
  before(() => once(hanging.listen(0, '127.0.0.1'), 'listening'))
  after(() => {
    for (const socket of sockets) socket.destroy()
    hanging.close()
  })

  it('keeps no process alive by a socket or a timer, not even by those of the reader', async () => {
    const app = await startApp(APP, {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`,
        OTEL_METRIC_EXPORT_INTERVAL: '1000',
        OTEL_METRIC_EXPORT_TIMEOUT: '1000',
      },
    })
    await until(() => sockets.size > 0 || undefined)
    app.writeLine('')
    const [, resources = ''] = await app.line(/^resources (.*)$/)
    // Its pipes keep this app alive, and nothing else does.
    assert.deepEqual(new Set(JSON.parse(resources)), new Set(['PipeWrap']))
    app.child.stdin?.end()
    assert.deepEqual(await app.exit(), { code: 0, signal: null })
    assert.match(app.stdout(), /^problems \[\]$/m)
  })
})
