import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http, { type RequestListener } from 'node:http'
import https from 'node:https'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, describe, it } from 'node:test'
import { type App, startApp } from '../harness/app.ts'
import { createCertificateAuthority, readKeyPair } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { runCli } from './cli.ts'

const APP = new URL('../e2e/apps/idle.mjs', import.meta.url)
const TOKEN = 'c2f7d1f06d5f4a0b8d0e'
/** Of the password `change-me`, at cost 4. */
const HASH = '$2b$04$MBLqu1n23iARMUwLctyrReObkQPKJQFOe7KKLHonvklh0QRekr.au'

const authority = createCertificateAuthority()
const localhost = authority.issue('server', 'DNS:localhost,IP:127.0.0.1')
const client = authority.issue('client', 'DNS:client')
const webFile = join(authority.folder, 'web.yml')

/** Runs `metrics`, and returns its error line, or the first line that it prints. */
async function firstLine(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, stdout, stderr } = await runCli(['metrics', ...args], { env })
  if (code === 0) return stdout.slice(0, stdout.indexOf('\n'))
  assert.equal(stdout, '')
  assert.equal(code, 1, stderr)
  assert.match(stderr, /^agentgateway-otel: [^\n]*\n$/)
  return stderr.slice('agentgateway-otel: '.length, -1)
}

const METRICS = '# HELP agentgateway_requests_total HTTP requests served.'

describe('an endpoint of an app that is locked', () => {
  let app: App
  afterEach(() => app?.stop())

  async function start(env: Readonly<Record<string, string>>): Promise<string> {
    app = await startApp(APP, { env })
    return (await app.line(/https?:\/\/\S+\/metrics/, 'stderr'))[0]
  }

  it('is read with the token of AGENTGATEWAY_METRICS_TOKEN, and not without', async () => {
    const url = await start({ AGENTGATEWAY_METRICS_TOKEN: TOKEN })
    assert.equal(await firstLine(['--url', url], { AGENTGATEWAY_METRICS_TOKEN: TOKEN }), METRICS)
    assert.equal(
      await firstLine(['--url', url]),
      `${url} wants credentials (401); set AGENTGATEWAY_METRICS_TOKEN to the token that the app has`,
    )
    assert.equal(
      await firstLine(['--url', url], { AGENTGATEWAY_METRICS_TOKEN: `${TOKEN}x` }),
      `${url} does not accept the token of AGENTGATEWAY_METRICS_TOKEN (401); set AGENTGATEWAY_METRICS_TOKEN to the token that the app has`,
    )
  })

  it('is read by TLS, with a client certificate and a password', async () => {
    writeFileSync(
      webFile,
      JSON.stringify({
        tls_server_config: {
          cert_file: localhost.cert,
          key_file: localhost.key,
          client_auth_type: 'RequireAndVerifyClientCert',
          client_ca_file: authority.cert,
        },
        basic_auth_users: { prometheus: HASH },
      }),
    )
    const url = await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    const withPassword = url.replace('https://', 'https://prometheus:change-me@')
    const certificate = ['--cert', client.cert, '--key', client.key]
    assert.equal(await firstLine(['--url', withPassword, '--ca', authority.cert, ...certificate]), METRICS)
    assert.equal(
      await firstLine(['--url', withPassword, ...certificate], { NODE_EXTRA_CA_CERTS: authority.cert }),
      METRICS,
    )
    const wrong = [
      [['--url', url, '--ca', authority.cert, ...certificate], /wants credentials \(401\); write user:password@/],
      [['--url', withPassword, ...certificate], /authority of the certificate .* is not trusted .*--ca/],
      [['--url', withPassword, '--ca', authority.cert], /wants a client certificate .*--cert and --key/],
      [['--url', url.replace('https', 'http')], /closed the connection .*https:\/\/ in --url/],
    ] as const
    for (const [args, message] of wrong) assert.match(await firstLine(args, { NODE_EXTRA_CA_CERTS: '' }), message)
  })
})

describe('an endpoint that cannot be read', () => {
  const servers: Server[] = []
  after(() => {
    for (const server of servers) server.close()
  })

  async function listen(server: Server): Promise<number> {
    servers.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  }

  const respond: RequestListener = ({ url = '' }, response) => {
    const status = Number(/\d{3}$/.exec(url)?.[0] ?? 200)
    response.writeHead(status, { 'content-type': 'text/html', location: 'https://elsewhere.example/\x9b2J' })
    response.end('<p>hello')
  }

  it('says what to do where nothing listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    assert.equal(
      await firstLine(['--url', url]),
      `nothing listens at ${url}/metrics; start the app with "npx agentgateway-otel run -- node app.js", or give the address of another one with --url`,
    )
  })

  it('says what to do about each status, and about what is no metrics', async () => {
    const url = `http://127.0.0.1:${await listen(http.createServer(respond))}`
    const cases = {
      '/metrics': /is not metrics \(text\/html\).*is --url right\?$/,
      '/403': /does not let this client read the metrics \(403\)$/,
      '/404': /there is nothing at \S+ \(404\); the metrics of an app are at \/metrics$/,
      '/500': /could not collect its metrics \(500\); it says why on its stderr$/,
      '/503': /has more to do than it takes at once \(503\); try again in a moment$/,
      '/302': /responded with status 302: it redirects to https:\/\/elsewhere\.example\/\\u009b2J$/,
    }
    for (const [path, message] of Object.entries(cases)) assert.match(await firstLine(['--url', url + path]), message)
  })

  it('says what is wrong with TLS', async () => {
    const plain = await listen(http.createServer(respond))
    assert.match(await firstLine(['--url', `https://127.0.0.1:${plain}`]), /has no TLS; write http:\/\/ in --url$/)
    const other = authority.issue('other', 'DNS:other.example')
    const named = await listen(https.createServer(readKeyPair(other), respond))
    assert.match(
      await firstLine(['--url', `https://127.0.0.1:${named}`, '--ca', authority.cert]),
      /is for other hosts \(DNS:other\.example\); name one of them in --url$/,
    )
    assert.match(await firstLine(['--ca', 'no-such.pem']), /^--ca "no-such\.pem" cannot be read \(ENOENT\)$/)
    assert.match(await firstLine(['--ca', webFile]), /is not a PEM file$/)
  })

  it('says what is wrong where no HTTP is spoken', async () => {
    const greets = await listen(
      createServer((socket) => {
        socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.2\r\n')
      }),
    )
    assert.match(await firstLine(['--url', `127.0.0.1:${greets}`]), /does not speak HTTP .*https:\/\/ in --url$/)
    const leaves = await listen(createServer((socket) => socket.destroy()))
    assert.match(await firstLine(['--url', `127.0.0.1:${leaves}`]), /closed the connection without a whole response/)
  })

  it('exits with 2 where the command line is wrong', async () => {
    for (const args of [['--url', 'ftp://x'], ['--url', 'http://'], ['--cert', client.cert], ['--no-such-option']]) {
      const { code, stdout, stderr } = await runCli(['metrics', ...args])
      assert.deepEqual([code, stdout], [2, ''], stderr)
      assert.match(stderr, /--url|--cert|--no-such-option/)
    }
  })

  it('says that a port of 0 does not name the endpoint', async () => {
    assert.match(await firstLine([], { OTEL_EXPORTER_PROMETHEUS_PORT: '0' }), /with --url$/)
  })
})
