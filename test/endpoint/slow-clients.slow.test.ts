import assert from 'node:assert/strict'
import { once } from 'node:events'
import net, { type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createScrapeEndpoint, type ScrapeEndpoint } from '@agentgateway-otel/exporter'
import { GET_METRICS } from './flood.ts'

const CHUNK = Buffer.alloc(64 * 1024, 'a 1\n')
const CHUNKS = 2000

describe('the endpoint, when nobody else waits', () => {
  let endpoint: ScrapeEndpoint
  let port: number
  let written = 0

  before(async () => {
    endpoint = createScrapeEndpoint()
    endpoint.expose(async () => ({
      *write() {
        for (let i = 0; i < CHUNKS; i++) {
          written++
          yield CHUNK
        }
      },
      release: () => {},
    }))
    port = Number(new URL((await endpoint.listen({ host: '127.0.0.1', port: 0 })).url).port)
  })
  after(() => endpoint.close())

  /** Opens a connection, and waits until the server has closed it. Returns what arrived. */
  async function untilClosed(begin: (socket: Socket, accepted: Socket) => void): Promise<string> {
    const connection = once(endpoint.server, 'connection')
    const socket = net.connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', () => {})
    const [accepted] = (await connection) as [Socket]
    begin(socket, accepted)
    await new Promise((resolve) => (accepted.closed ? resolve(undefined) : accepted.on('close', resolve)))
    socket.destroy()
    return Buffer.concat(chunks).toString()
  }

  it('closes a connection on which nothing arrives', async () => {
    assert.match(await untilClosed(() => {}), /^HTTP\/1\.1 408 /)
  })

  it('closes a connection on which a request never ends', async () => {
    const response = await untilClosed(async (socket) => {
      socket.write(GET_METRICS.slice(0, -2))
      for (; !socket.destroyed; await sleep(500)) if (socket.writable) socket.write('X: x\r\n')
    })
    assert.match(response, /^HTTP\/1\.1 408 /)
  })

  it('closes a connection on which a body never ends, and reads none of it', async () => {
    const response = await untilClosed(async (socket) => {
      socket.write(`${GET_METRICS.slice(0, -2)}Transfer-Encoding: chunked\r\n\r\n`)
      for (; !socket.destroyed; await sleep(50)) if (socket.writable) socket.write('1\r\nx\r\n')
    })
    assert.match(response, /^HTTP\/1\.1 413 /)
  })

  it('drops a client that takes nothing, of which it has not written more than it has to', async () => {
    written = 0
    await untilClosed((socket) => {
      socket.pause()
      socket.write(GET_METRICS)
    })
    assert.ok(written < CHUNKS / 2, `${written} chunks`)
  })

  it('serves a client that takes its time, as long as it goes on taking', async () => {
    written = 0
    const socket = net.connect(port, '127.0.0.1').pause()
    socket.write(`${GET_METRICS.slice(0, -2)}Connection: close\r\n\r\n`)
    let bytes = 0
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    // It takes longer than a client may that takes nothing.
    for (let i = 0; i < 5; i++) {
      await sleep(4000)
      socket.resume()
      for (const target = bytes + 8 * 2 ** 20; bytes < target; ) await once(socket, 'data')
      socket.pause()
    }
    socket.resume()
    await once(socket, 'close')
    assert.ok(bytes > CHUNK.length * CHUNKS)
  })
})
