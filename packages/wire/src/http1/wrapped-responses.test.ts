import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { Journal } from '../journal.test-support.ts'

// This is what agents do: Node's functions, which `ServerResponse.prototype` inherits, become its own, wrapped. The taps of
// `OutgoingMessage.prototype` come later, with the first request, and so do not see what is written.
const { write, end } = http.ServerResponse.prototype as unknown as {
  write(this: ServerResponse, ...args: unknown[]): boolean
  end(this: ServerResponse, ...args: unknown[]): ServerResponse
}
let writesInEnd = false
Object.assign(http.ServerResponse.prototype, {
  write(this: ServerResponse, ...args: unknown[]) {
    return write.apply(this, args)
  },
  end(this: ServerResponse, ...args: unknown[]) {
    if (!writesInEnd) return end.apply(this, args)
    if (args[0] !== undefined) this.write(args[0])
    return end.apply(this)
  },
})

describe('responses whose write and end an agent wrapped before the first request', () => {
  let journal: Journal
  let server: http.Server
  afterEach(() => {
    journal.stop()
    server.closeAllConnections()
    server.close()
  })

  async function bytesOf(respond: (response: ServerResponse) => void): Promise<number | undefined> {
    journal = new Journal('server')
    server = http.createServer((_request, response) => respond(response)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await response.arrayBuffer()
    const [exchange] = await journal.ended(1)
    return exchange?.responseBytes
  }

  it('are counted', async () => {
    assert.equal(await bytesOf((response) => response.end('hello')), 5)
  })

  it('are counted when the app writes in pieces', async () => {
    const bytes = await bytesOf((response) => {
      response.write('he')
      response.write('ll')
      response.end('o')
    })
    assert.equal(bytes, 5)
  })

  it('are counted once when the wrapped end calls write', async () => {
    writesInEnd = true
    assert.equal(await bytesOf((response) => response.end('hello')), 5)
    writesInEnd = false
  })

  it('are counted once when another agent wraps them later', async () => {
    const wrapped = http.ServerResponse.prototype.end
    Object.assign(http.ServerResponse.prototype, {
      end(this: ServerResponse, ...args: unknown[]) {
        return Reflect.apply(wrapped, this, args)
      },
    })
    assert.equal(await bytesOf((response) => response.end('hello')), 5)
  })
})
