import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import os from 'node:os'
import { describe, it } from 'node:test'
import { freePort } from '../../../test/harness/free-port.ts'
import { createScrapeEndpoint } from './index.ts'
import { internalsOf } from './node-internals.ts'

const hasIPv6 = Object.values(os.networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
)

/** Whether a connection to this address is accepted. */
async function isServed(address: string, port: number): Promise<boolean> {
  const socket = net.connect(port, address)
  const result = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false)
  socket.destroy()
  return result
}

interface Expected {
  /** The host of the URL. */
  readonly url: string
  readonly servesIPv4: boolean
  readonly servesIPv6: boolean
}

const HOSTS: readonly (readonly [host: string | undefined, expected: Expected])[] = [
  [undefined, { url: 'localhost', servesIPv4: true, servesIPv6: true }],
  ['::', { url: 'localhost', servesIPv4: true, servesIPv6: true }],
  ['[::]', { url: 'localhost', servesIPv4: true, servesIPv6: true }],
  ['::1', { url: '[::1]', servesIPv4: false, servesIPv6: true }],
  ['[::1]', { url: '[::1]', servesIPv4: false, servesIPv6: true }],
  ['0.0.0.0', { url: '127.0.0.1', servesIPv4: true, servesIPv6: false }],
  ['127.0.0.1', { url: '127.0.0.1', servesIPv4: true, servesIPv6: false }],
]

describe('the address of the endpoint', { skip: !hasIPv6 && 'this machine has no IPv6' }, () => {
  for (const [host, { url, servesIPv4, servesIPv6 }] of HOSTS) {
    it(`is bound before bind returns, with the URL of ${url}, for ${host === undefined ? 'no host' : `the host ${host}`}`, async () => {
      const port = await freePort()
      const endpoint = createScrapeEndpoint()
      const urls: (string | undefined)[] = []
      endpoint.bind({ host, port }, (result) => urls.push(result.url))
      try {
        assert.deepEqual(urls, [`http://${url}:${port}/metrics`])
        assert.equal(await isServed('127.0.0.1', port), servesIPv4)
        assert.equal(await isServed('::1', port), servesIPv6)
      } finally {
        await endpoint.close()
      }
    })
  }

  it('is that of IPv4 alone where there is no IPv6', async (test) => {
    const port = await freePort()
    const other = net.createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    // Node.js binds by the prototype's method, which fails like this on a machine without IPv6.
    const handle = Object.getPrototypeOf(internalsOf(other)._handle)
    test.mock.method(handle, 'bind6', () => -os.constants.errno.EAFNOSUPPORT)
    const endpoint = createScrapeEndpoint()
    try {
      const urls: (string | undefined)[] = []
      endpoint.bind({ port }, (result) => urls.push(result.url))
      assert.deepEqual(urls, [`http://127.0.0.1:${port}/metrics`])
      assert.ok(await isServed('127.0.0.1', port))
    } finally {
      await endpoint.close()
      other.close()
    }
  })

  it('may be a name', async () => {
    const endpoint = createScrapeEndpoint()
    try {
      const { url } = await endpoint.listen({ host: 'localhost', port: 0 })
      assert.match(url, /^http:\/\/localhost:\d+\/metrics$/)
    } finally {
      await endpoint.close()
    }
  })
})
