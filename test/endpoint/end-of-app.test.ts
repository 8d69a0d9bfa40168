import assert from 'node:assert/strict'
import net from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { GET_METRICS } from './flood.ts'

const APP = fileURLToPath(new URL('apps/ends-while-it-is-scraped.mjs', import.meta.url))

const CLIENTS: Readonly<Record<string, string>> = {
  'sends nothing': '',
  'sends half a request': GET_METRICS.slice(0, -2),
  'reads nothing of a response': GET_METRICS,
  'reads nothing of a compressed response': GET_METRICS.replace('\r\n\r\n', '\r\nAccept-Encoding: gzip\r\n\r\n'),
}

describe('a process whose app has ended', () => {
  for (const [what, text] of Object.entries(CLIENTS)) {
    it(`ends before a client that ${what} would be dropped`, async () => {
      const app = startProcess(NODE, [APP], { env: childEnv() })
      const [, port] = await app.line(/^ready (\d+)$/)
      const sockets = Array.from({ length: 3 }, () => {
        const socket = net.connect(Number(port), '127.0.0.1').pause()
        socket.on('error', () => {})
        socket.write(text)
        return socket
      })
      // The last of them has been read when another client has its response.
      await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()
      app.child.stdin?.end()
      await app.line(/^ended$/)
      const start = performance.now()
      assert.deepEqual(await app.exit(), { code: 0, signal: null })
      // Such a client is dropped after 10 s.
      assert.ok(performance.now() - start < 8000)
      for (const socket of sockets) socket.destroy()
    })
  }
})
