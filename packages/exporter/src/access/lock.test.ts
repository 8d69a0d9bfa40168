import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { afterEach, beforeEach, describe, it } from 'node:test'
import tls from 'node:tls'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import bcrypt from 'bcryptjs'
import { createCertificateAuthority, readKeyPair } from '../../../../test/harness/certificates.ts'
import { until } from '../../../../test/harness/until.ts'
import { createScrapeEndpoint, type ScrapeEndpoint } from '../index.ts'
import { createLock } from './lock.ts'
import { PasswordVerifier } from './password-verifier.ts'
import type { ClientAuthType, LockSettings } from './settings.ts'
import { createTlsContext } from './tls-context.ts'

const WORKER = new URL('./bcrypt-worker.ts', import.meta.url)
const TOKEN = 'a-token-of-24-characters'
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

const OPEN: LockSettings = { tls: undefined, headers: {}, users: new Map(), rateLimit: undefined }

let settings: LockSettings | undefined
let endpoint: ScrapeEndpoint
let url: string
let errors: unknown[]

async function listen(initial: LockSettings | undefined, token?: string): Promise<void> {
  settings = initial
  errors = []
  const onError = (error: unknown) => errors.push(error)
  const source = { read: () => settings, current: async () => settings }
  const lock = createLock({ source, token, verifier: new PasswordVerifier(WORKER), onError })
  endpoint = createScrapeEndpoint({ onError, lock })
  new MeterProvider({ readers: [endpoint.reader] })
  url = (await endpoint.listen({ host: '127.0.0.1', port: 0 })).url
}

afterEach(async () => {
  await endpoint.close()
  assert.deepEqual(errors, [])
})

async function get(options: https.RequestOptions = {}, target = url) {
  const client = target.startsWith('https:') ? https : http
  const request = client.request(target, { agent: false, ...options }).end()
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  const body = Buffer.concat(await response.toArray()).toString()
  return { status: response.statusCode, headers: response.headers, body }
}

describe('an endpoint that asks for credentials', () => {
  const users = new Map([['alice', bcrypt.hashSync('alice123', 4)]])

  it('refuses a request without them, and says how to give them', async () => {
    await listen({ ...OPEN, users }, TOKEN)
    const { status, headers, body } = await get()
    assert.deepEqual([status, body], [401, 'Unauthorized.\n'])
    assert.equal(headers['www-authenticate'], 'Basic realm="metrics", charset="UTF-8", Bearer realm="metrics"')
  })

  it('lets in who has the password or the token', async () => {
    await listen({ ...OPEN, users }, TOKEN)
    for (const headers of [basic('alice:alice123'), bearer(TOKEN)]) assert.equal((await get({ headers })).status, 200)
    for (const headers of [basic('alice:wrong'), basic(`alice:${TOKEN}`), bearer('alice123'), bearer(`${TOKEN}x`)]) {
      const { status, body } = await get({ headers })
      assert.deepEqual([status, body], [401, 'Unauthorized.\n'])
    }
  })

  it('takes no password where there are no users, and no token where there is none', async () => {
    await listen(OPEN, TOKEN)
    assert.equal(
      (await get({ headers: basic('alice:alice123') })).headers['www-authenticate'],
      'Bearer realm="metrics"',
    )
    await endpoint.close()
    await listen({ ...OPEN, users })
    const { headers } = await get({ headers: bearer(TOKEN) })
    assert.equal(headers['www-authenticate'], 'Basic realm="metrics", charset="UTF-8"')
  })

  it('forgets a password that was right when its user is taken away', async () => {
    await listen({ ...OPEN, users })
    const headers = basic('alice:alice123')
    assert.equal((await get({ headers })).status, 200)
    settings = { ...OPEN, users: new Map([['bob', bcrypt.hashSync('bob123', 4)]]) }
    assert.equal((await get({ headers })).status, 401)
  })

  it('responds with 429 and the time to wait when too many log in', async () => {
    await listen({ ...OPEN, users })
    const responses = await Promise.all(Array.from({ length: 20 }, (_, i) => get({ headers: basic(`alice:${i}`) })))
    const busy = responses.filter(({ status }) => status === 429)
    assert.ok(busy.length > 0)
    for (const { headers } of busy) assert.equal(headers['retry-after'], '2')
  })
})

describe('an endpoint with a rate limit', () => {
  it('responds with 429 to what is beyond it', async () => {
    await listen({ ...OPEN, rateLimit: { intervalMs: 3_600_000, burst: 2 } })
    const statuses = [await get(), await get(), await get()].map(({ status }) => status)
    assert.deepEqual(statuses, [200, 200, 429])
  })
})

describe('the headers of an endpoint', () => {
  it('forbid a browser to guess, run, frame and keep the text, on every response', async () => {
    await listen(OPEN)
    for (const path of ['/metrics', '/nothing']) {
      const { headers } = await get({}, new URL(path, url).href)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['x-frame-options'], 'DENY')
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'")
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['access-control-allow-origin'], undefined)
    }
  })

  it("are the operator's where the operator sets them, and absent where the value is empty", async () => {
    await listen({ ...OPEN, headers: { 'x-frame-options': 'sameorigin', 'content-security-policy': '' } })
    await get()
    const { headers } = await get()
    assert.equal(headers['x-frame-options'], 'sameorigin')
    assert.equal(headers['content-security-policy'], undefined)
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })
})

describe('an endpoint whose settings are wrong', () => {
  it('lets nobody in, until they are right', async () => {
    await listen(undefined, TOKEN)
    const { status, body } = await get({ headers: bearer(TOKEN) })
    assert.deepEqual(
      [status, body],
      [500, 'The configuration of this endpoint is wrong. The process says why on stderr.\n'],
    )
    settings = OPEN
    assert.equal((await get({ headers: bearer(TOKEN) })).status, 200)
    settings = undefined
    assert.equal((await get({ headers: bearer(TOKEN) })).status, 500)
  })
})

describe('an endpoint with TLS', () => {
  const authority = createCertificateAuthority()
  const server = readKeyPair(authority.issue('server', 'DNS:localhost,IP:127.0.0.1'))
  const client = readKeyPair(authority.issue('client', 'DNS:prom.internal'))
  const otherName = readKeyPair(authority.issue('other', 'DNS:other.internal'))
  const forged = readKeyPair(createCertificateAuthority().issue('client', 'DNS:prom.internal'))
  const ca = readFileSync(authority.cert)

  const withTls = (
    clientAuth: ClientAuthType,
    { allowedSans, maxVersion = 'TLSv1.3' }: { allowedSans?: string[]; maxVersion?: tls.SecureVersion } = {},
  ): LockSettings => {
    const context = createTlsContext({
      ...server,
      clientCa: clientAuth.includes('Verify') ? ca : undefined,
      minVersion: 'TLSv1.2',
      maxVersion,
      ciphers: undefined,
      honorCipherOrder: true,
      ecdhCurve: undefined,
    })
    return {
      ...OPEN,
      tls: { context, clientAuth, allowedSans, clientCheck: JSON.stringify([clientAuth, allowedSans]) },
    }
  }

  /** The status of a scrape with this certificate, or `refused` where there is no response. */
  const scrape = (certificate: { cert?: Buffer; key?: Buffer }, options: https.RequestOptions = {}) =>
    get({ ca, ...certificate, ...options }).then(
      ({ status }) => status,
      () => 'refused',
    )

  for (const [clientAuth, none, trusted, untrusted] of [
    ['NoClientCert', 200, 200, 200],
    ['RequestClientCert', 200, 200, 200],
    ['RequireAnyClientCert', 'refused', 200, 200],
    ['VerifyClientCertIfGiven', 200, 200, 'refused'],
    ['RequireAndVerifyClientCert', 'refused', 200, 'refused'],
  ] as const) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      it(`with ${clientAuth} and ${maxVersion} lets in the clients that Go's server lets in`, async () => {
        await listen(withTls(clientAuth, { maxVersion }))
        assert.match(url, /^https:/)
        assert.deepEqual([await scrape({}), await scrape(client), await scrape(forged)], [none, trusted, untrusted])
      })
    }
  }

  it('lets in only clients whose certificate has an allowed name', async () => {
    await listen(withTls('RequireAndVerifyClientCert', { allowedSans: ['a', 'prom.internal'] }))
    assert.deepEqual(
      [await scrape(client), await scrape(otherName), await scrape(forged), await scrape({})],
      [200, 'refused', 'refused', 'refused'],
    )
  })

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const [what, first] of [
      ['that had a certificate', client],
      ['that was refused for its name', otherName],
      ['that was refused for its issuer', forged],
    ] as const) {
      it(`resumes no session of ${version} ${what}`, async () => {
        await listen(withTls('RequireAndVerifyClientCert', { allowedSans: ['prom.internal'] }))
        const { port } = new URL(url)
        const options = { host: '127.0.0.1', port: Number(port), ca, minVersion: version, maxVersion: version }
        let session: Buffer | undefined
        const socket = tls.connect({ ...options, ...first }, () => {
          session = socket.getSession()
          socket.write('GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
        })
        socket.on('session', (ticket) => {
          session = ticket
        })
        const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve))
        socket.resume()
        await closed
        assert.equal(await scrape({}, { session, minVersion: version, maxVersion: version } as object), 'refused')
        const again = tls.connect({ ...options, ...client, ...(session && { session }) })
        await once(again, 'secureConnect')
        assert.equal(again.isSessionReused(), false)
        again.destroy()
      })
    }
  }

  it('negotiates no second time on a connection', async () => {
    await listen(withTls('NoClientCert', { maxVersion: 'TLSv1.2' }))
    const socket = tls.connect({ host: '127.0.0.1', port: Number(new URL(url).port), ca })
    await once(socket, 'secureConnect')
    const { promise, resolve } = Promise.withResolvers<unknown>()
    socket.on('error', resolve)
    socket.on('close', () => resolve(new Error('closed')))
    assert.ok(socket.renegotiate({}, (error) => resolve(error)) === true)
    assert.ok((await promise) instanceof Error)
  })

  it('accepts no version that is older than its minimum', async () => {
    await listen(withTls('NoClientCert'))
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    assert.equal(await scrape({}, old), 'refused')
    assert.equal(await scrape({}), 200)
  })

  it('closes the connection of a client that speaks no TLS', async () => {
    await listen(withTls('NoClientCert'))
    const request = http.get(url.replace('https:', 'http:'), { agent: false })
    await assert.rejects(once(request, 'response'))
  })

  it('closes a connection whose handshake is not finished within ten seconds', async (t) => {
    await listen(withTls('NoClientCert'))
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
    const closed = once(socket, 'close')
    await once(socket, 'connect')
    // The beginning of a handshake: the head of a record, whose content never comes.
    socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]))
    // The deadline begins on the server's side at some moment after the client is connected.
    const tick = setInterval(() => t.mock.timers.tick(10_000), 20)
    await closed
    clearInterval(tick)
  })

  it('survives clients that leave in the middle of a handshake', async () => {
    await listen(withTls('NoClientCert'))
    for (const bytes of [[], [0x16], [0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5]]) {
      const socket = net.connect(Number(new URL(url).port), '127.0.0.1')
      await once(socket, 'connect')
      socket.write(Buffer.from(bytes))
      if (bytes.length === 1) socket.end()
      else socket.resetAndDestroy()
    }
    const connections = () =>
      new Promise<number>((resolve, reject) =>
        endpoint.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      )
    await until(async () => ((await connections()) === 0 ? true : undefined))
    assert.equal(await scrape({}), 200)
  })

  it('serves a client while others have begun more handshakes than there may be connections', async () => {
    await listen(withTls('NoClientCert'))
    const port = Number(new URL(url).port)
    const sockets = await Promise.all(
      Array.from({ length: 300 }, async () => {
        const socket = net.connect(port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]))
        return socket
      }),
    )
    assert.equal(await scrape({}), 200)
    await until(() => sockets.filter((socket) => socket.resume().closed).length >= 300 - 256 || undefined)
    for (const socket of sockets) socket.destroy()
  })

  it('closes connections that wait for nothing once there are too many', async () => {
    await listen(withTls('NoClientCert'))
    const port = Number(new URL(url).port)
    const sockets = Array.from({ length: 80 }, () => tls.connect({ host: '127.0.0.1', port, ca }).on('error', () => {}))
    await Promise.all(sockets.map((socket) => once(socket, 'secureConnect')))
    assert.equal(await scrape({}), 200)
    await until(() => sockets.filter((socket) => socket.resume().closed).length >= 80 - 64 || undefined)
    for (const socket of sockets) socket.destroy()
  })

  describe('on a connection that is kept alive', () => {
    let agent: https.Agent
    beforeEach(() => {
      agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca, ...client })
    })
    afterEach(() => agent.destroy())

    it('responds to one scrape after the other, and uses new certificates for new connections only', async () => {
      await listen(withTls('RequireAndVerifyClientCert', { allowedSans: ['prom.internal'] }))
      assert.equal(await scrape({}, { agent }), 200)
      settings = withTls('RequireAndVerifyClientCert', { allowedSans: ['prom.internal'] })
      assert.equal(await scrape({}, { agent }), 200)
    })

    it('refuses a scrape once clients are checked in another way, and closes it', async () => {
      await listen(withTls('RequireAndVerifyClientCert', { allowedSans: ['prom.internal'] }))
      assert.equal(await scrape({}, { agent }), 200)
      settings = withTls('RequireAndVerifyClientCert', { allowedSans: ['other.internal'] })
      const { status, headers } = await get({ agent })
      assert.deepEqual([status, headers.connection], [403, 'close'])
      assert.equal(await scrape({}, { agent }), 'refused')
    })

    it('refuses a scrape without TLS once there is TLS', async () => {
      await listen(OPEN)
      const plain = new http.Agent({ keepAlive: true, maxSockets: 1 })
      assert.equal((await get({ agent: plain })).status, 200)
      settings = withTls('NoClientCert')
      assert.equal((await get({ agent: plain })).status, 403)
      plain.destroy()
    })
  })

  it('serves when the app has broken every method of sockets and servers', async () => {
    await listen(withTls('RequireAndVerifyClientCert'))
    const expected = await get({ ca, ...client })
    const { TLSSocket } = tls
    const restore = [TLSSocket.prototype, tls.Server.prototype, https.Server.prototype].map((prototype) => {
      const original = Object.getOwnPropertyDescriptors(prototype)
      for (const [name, { value }] of Object.entries(original)) {
        if (typeof value !== 'function' || name === 'constructor') continue
        // The client of this test uses the same methods, so only the server's side fails.
        Object.assign(prototype, {
          [name](this: { _tlsOptions?: { isServer?: boolean } }, ...args: unknown[]) {
            if (this._tlsOptions?.isServer !== false && this._tlsOptions !== undefined) throw new Error(name)
            return Reflect.apply(value, this, args)
          },
        })
      }
      return () => Object.defineProperties(prototype, original)
    })
    try {
      assert.deepEqual((await get({ ca, ...client })).body, expected.body)
    } finally {
      for (const undo of restore) undo()
    }
  })
})
