import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import tls from 'node:tls'
import { promisify } from 'node:util'
import { type App, type AppOptions, startApp } from '../harness/app.ts'
import { createCertificateAuthority } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { type Prometheus, prometheusIsMissing, startPrometheus } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'

const APP = new URL('apps/idle.mjs', import.meta.url)
const CLUSTER = new URL('apps/cluster.mjs', import.meta.url)
const EXAMPLE = new URL('../../examples/prometheus/web.yml', import.meta.url)

/** Of the password `change-me`, at cost 4. */
const HASH = '$2b$04$MBLqu1n23iARMUwLctyrReObkQPKJQFOe7KKLHonvklh0QRekr.au'
const TOKEN = 'c2f7d1f06d5f4a0b8d0e'

const authority = createCertificateAuthority()
const server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1')
const client = authority.issue('client', 'DNS:prometheus.internal')
const stranger = authority.issue('stranger', 'DNS:stranger.internal')
const forged = createCertificateAuthority().issue('client', 'DNS:prometheus.internal')
const webFile = join(authority.folder, 'web.yml')

let app: App
let url: string

async function start(env: Record<string, string>, options: AppOptions = {}, file = APP): Promise<void> {
  app = await startApp(file, { ...options, env: { ...options.env, ...env } })
  url = (await app.line(/https?:\/\/\S+\/metrics/, 'stderr'))[0]
}

/** Scrapes with the real curl. Returns the status, or `curl <exit code>` where there is no response. */
async function curl(...args: string[]): Promise<string> {
  const flags = ['--silent', '--max-time', '60', '--output', '/dev/null', '--write-out', '%{http_code}']
  try {
    return (await promisify(execFile)('curl', [...flags, '--cacert', authority.cert, ...args, url])).stdout
  } catch (error) {
    return `curl ${(error as { code: number }).code}`
  }
}

const withUser = (credentials: string) => ['--user', credentials]
const withCertificate = ({ cert, key }: { cert: string; key: string }) => ['--cert', cert, '--key', key]
const statusWhen = (status: string, ...args: string[]) =>
  until(
    async () => ((await curl(...args)) === status ? true : undefined),
    () => `${status} of ${args}: ${app.stderr()}`,
  )
const ourLines = () =>
  app
    .stderr()
    .split('\n')
    .filter((line) => line !== '')

afterEach(() => app?.stop())

describe('the example of a web configuration file', () => {
  before(() => copyFileSync(EXAMPLE, webFile))

  it('lets curl in by TLS and with the password, and nobody else', async () => {
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.match(url, /^https:/)
    assert.equal(await curl(...withUser('prometheus:change-me')), '200')
    assert.equal(await curl(...withUser('prometheus:changed')), '401')
    assert.equal(await curl(...withUser('nobody:change-me')), '401')
    assert.equal(await curl(), '401')
    // 52: the server closed the connection; 60: the certificate is not trusted.
    const https = url
    url = url.replace('https:', 'http:')
    assert.equal(await curl(...withUser('prometheus:change-me')), 'curl 52')
    url = https
    assert.equal(await curl('--cacert', client.cert), 'curl 60')
    assert.equal(ourLines().length, 1, app.stderr())
  })

  it('leaves the app as it is: it sees no thread, and ends by itself when it has nothing to do', async () => {
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.equal(await curl(...withUser('prometheus:change-me')), '200')
    const startMs = performance.now()
    app.child.stdin?.end()
    assert.deepEqual(await app.exit(), { code: 0, signal: null })
    assert.doesNotMatch(app.stdout(), /thread/)
    // The thread that verified the password would end by itself after ten seconds.
    assert.ok(performance.now() - startMs < 9_000)
  })

  it('lets liveness probes in without a password', async () => {
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    url = url.replace('/metrics', '/healthz')
    assert.equal(await curl(), '200')
  })

  it('goes on letting in a scraper whose password is known, while others send wrong ones without end', async () => {
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.equal(await curl(...withUser('prometheus:change-me')), '200')
    let isOver = false
    const statuses = new Set<string>()
    const floods = Array.from({ length: 4 }, async (_, flood) => {
      for (let i = 0; !isOver; i++) statuses.add(await curl(...withUser(`prometheus:wrong ${flood} ${i}`)))
    })
    for (let i = 0; i < 20; i++) assert.equal(await curl(...withUser('prometheus:change-me')), '200')
    assert.equal((await fetch(`http://127.0.0.1:${app.ready}`)).status, 200)
    isOver = true
    await Promise.all(floods)
    for (const status of statuses) assert.match(status, /^(401|429)$/)
  })
})

describe('client certificates', () => {
  before(() =>
    writeFileSync(
      webFile,
      `tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [prometheus.internal]
basic_auth_users:
  prometheus: ${HASH}
`,
    ),
  )

  it('are needed besides the password', async () => {
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    const password = withUser('prometheus:change-me')
    assert.equal(await curl(...password, ...withCertificate(client)), '200')
    assert.equal(await curl(...withUser('prometheus:wrong'), ...withCertificate(client)), '401')
    for (const args of [[], withCertificate(stranger), withCertificate(forged)]) {
      assert.match(await curl(...password, ...args), /^curl /)
    }
  })

  describe('of a real Prometheus', { skip: prometheusIsMissing() }, () => {
    let prometheus: Prometheus
    after(() => prometheus?.stop())

    it('let it scrape with the right certificate, authority and password only', async () => {
      await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
      await (await fetch(`http://127.0.0.1:${app.ready}`)).text()
      const job = (job_name: string, tls: object, password = 'change-me') => ({
        job_name,
        scrape_interval: '1s',
        scheme: 'https',
        tls_config: { ca_file: authority.cert, ...tls },
        basic_auth: { username: 'prometheus', password },
        static_configs: [{ targets: [new URL(url).host] }],
      })
      const certificate = ({ cert, key }: { cert: string; key: string }) => ({ cert_file: cert, key_file: key })
      prometheus = await startPrometheus(
        JSON.stringify({
          scrape_configs: [
            job('right', certificate(client)),
            job('no certificate', {}),
            job('another name', certificate(stranger)),
            job('another authority', certificate(forged)),
            job('distrustful', { ...certificate(client), ca_file: client.cert }),
            job('wrong password', certificate(client), 'wrong'),
          ],
        }),
      )
      const up = await prometheus.queryUntil(
        'up',
        (samples) => samples.length === 6 && samples.some(({ value }) => value === 1),
      )
      assert.deepEqual(
        up.filter(({ value }) => value === 1).map(({ metric }) => metric.job),
        ['right'],
      )
      await prometheus.queryUntil('agentgateway_requests_total{job="right"}', (samples) => samples.length > 0)
    })
  })
})

describe('a token', () => {
  it('lets curl in, without TLS, and nobody without it', async () => {
    await start({ AGENTGATEWAY_METRICS_TOKEN: TOKEN })
    assert.match(url, /^http:/)
    assert.equal(await curl('--header', `authorization: Bearer ${TOKEN}`), '200')
    assert.equal(await curl('--header', `authorization: Bearer ${TOKEN}0`), '401')
    assert.equal(await curl(...withUser(`prometheus:${TOKEN}`)), '401')
    assert.equal(await curl(), '401')
    assert.doesNotMatch(app.stderr(), new RegExp(TOKEN))
  })

  it('and a password: either is enough', async () => {
    writeFileSync(webFile, `basic_auth_users:\n  prometheus: ${HASH}\n`)
    await start({ AGENTGATEWAY_METRICS_TOKEN: TOKEN, AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.equal(await curl('--header', `authorization: Bearer ${TOKEN}`), '200')
    assert.equal(await curl(...withUser('prometheus:change-me')), '200')
    assert.equal(await curl(), '401')
  })

  for (const [what, token] of [
    ['is too short', 'short'],
    ['is empty, as a secret that was not filled in', ''],
    ['has a space', `${TOKEN} ${TOKEN}`],
  ] as const) {
    it(`that ${what} closes the endpoint, and the app runs`, async () => {
      await start({ AGENTGATEWAY_METRICS_TOKEN: token })
      assert.equal(await curl('--header', `authorization: Bearer ${token}`), '500')
      assert.equal(await curl(), '500')
      assert.match(
        ourLines()[0] ?? '',
        /^agentgateway-otel: AGENTGATEWAY_METRICS_TOKEN has .*; all scrapes get status 500/,
      )
      assert.ok(token.length < 6 || !app.stderr().includes(token))
      assert.equal((await fetch(`http://127.0.0.1:${app.ready}`)).status, 200)
    })
  }

  describe('of a real Prometheus', { skip: prometheusIsMissing() }, () => {
    let prometheus: Prometheus
    after(() => prometheus?.stop())

    it('lets it scrape, and not with another one', async () => {
      await start({ AGENTGATEWAY_METRICS_TOKEN: TOKEN })
      const job = (job_name: string, authorization: object) => ({
        job_name,
        scrape_interval: '1s',
        ...authorization,
        static_configs: [{ targets: [new URL(url).host] }],
      })
      prometheus = await startPrometheus(
        JSON.stringify({
          scrape_configs: [
            job('right', { authorization: { type: 'Bearer', credentials: TOKEN } }),
            job('wrong', { authorization: { type: 'Bearer', credentials: `${TOKEN}0` } }),
            job('none', {}),
          ],
        }),
      )
      const up = await prometheus.queryUntil(
        'up',
        (samples) => samples.length === 3 && samples.some(({ value }) => value === 1),
      )
      assert.deepEqual(
        up.filter(({ value }) => value === 1).map(({ metric }) => metric.job),
        ['right'],
      )
    })
  })
})

describe('an app of several processes', () => {
  it('has one locked endpoint with the sums of all of them, and one line on stderr about a wrong file', async () => {
    writeFileSync(webFile, 'basic_auth_usrs: {}\n')
    const [port, metricsPort] = [String(await freePort()), String(await freePort())]
    const env = { AGENTGATEWAY_WEB_CONFIG_FILE: webFile, OTEL_EXPORTER_PROMETHEUS_PORT: metricsPort }
    await start(env, { args: [port] }, CLUSTER)
    assert.equal(await curl(...withUser('prometheus:change-me')), '500')
    assert.equal(ourLines().length, 2, app.stderr())
    writeFileSync(webFile, `basic_auth_users:\n  prometheus: ${HASH}\n`)
    await statusWhen('200', ...withUser('prometheus:change-me'))
    assert.equal(await curl(), '401')
    for (let i = 0; i < 6; i++) {
      await (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })).text()
    }
    const headers = { authorization: `Basic ${btoa('prometheus:change-me')}` }
    await until(
      async () =>
        /^agentgateway_requests_total\{.*\} 6$/m.test(await (await fetch(url, { headers })).text()) || undefined,
    )
  })
})

describe('a web configuration file that changes while the app runs', () => {
  const users = (...names: string[]) => `basic_auth_users:\n${names.map((name) => `  ${name}: ${HASH}\n`).join('')}`
  const tlsSection = 'tls_server_config: { cert_file: server.crt, key_file: server.key }\n'

  it('lets a new user in, keeps everybody out while it is wrong, and is in force again when it is right', async () => {
    writeFileSync(webFile, users('alice'))
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.equal(await curl(...withUser('bob:change-me')), '401')
    writeFileSync(webFile, users('alice', 'bob'))
    await statusWhen('200', ...withUser('bob:change-me'))
    appendFileSync(webFile, 'basic_auth_user: {}\n')
    await statusWhen('500', ...withUser('bob:change-me'))
    assert.equal(await curl(), '500')
    writeFileSync(webFile, users('alice'))
    await statusWhen('401', ...withUser('bob:change-me'))
    assert.equal(await curl(...withUser('alice:change-me')), '200')
    assert.deepEqual(ourLines().slice(1), [
      `agentgateway-otel: AGENTGATEWAY_WEB_CONFIG_FILE: ${webFile}:4: the file has "basic_auth_user", which is not known; did you mean "basic_auth_users"?; all scrapes get status 500 until it is right`,
      `agentgateway-otel: ${webFile} is right again, and in force`,
    ])
  })

  it('has new connections use a renewed certificate', async () => {
    writeFileSync(webFile, tlsSection)
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    const serialNumber = async () => {
      const socket = tls.connect({
        host: '127.0.0.1',
        port: Number(new URL(url).port),
        ca: readFileSync(authority.cert),
      })
      await once(socket, 'secureConnect')
      const { serialNumber } = socket.getPeerCertificate()
      socket.destroy()
      return serialNumber
    }
    const before = await serialNumber()
    const renewed = authority.issue('renewed', 'DNS:localhost,IP:127.0.0.1')
    renameSync(renewed.cert, server.cert)
    renameSync(renewed.key, server.key)
    const { serialNumber: after } = await until(async () => {
      // While only one of the two files is new, there is no TLS.
      const now = await serialNumber().catch(() => before)
      return now === before ? undefined : { serialNumber: now }
    })
    assert.notEqual(after, before)
    assert.equal(await curl(), '200')
  })

  it('opens the endpoint when it was wrong from the start and is mended, and the app runs meanwhile', async () => {
    writeFileSync(webFile, `${tlsSection}basic_auth_users: { john: doe }\n`)
    await start({ AGENTGATEWAY_WEB_CONFIG_FILE: webFile })
    assert.match(
      ourLines()[0] ?? '',
      /web\.yml:2: basic_auth_users\.john is not a bcrypt hash; .*; all scrapes get status 500 until it is right$/,
    )
    assert.equal(await curl(...withUser('john:doe')), '500')
    assert.equal((await fetch(`http://127.0.0.1:${app.ready}`)).status, 200)
    writeFileSync(webFile, tlsSection + users('john'))
    url = url.replace('http:', 'https:')
    await statusWhen('200', ...withUser('john:change-me'))
  })

  it('is read by its own path, also when the app changes its directory', async () => {
    writeFileSync(webFile, users('alice'))
    await start(
      { AGENTGATEWAY_WEB_CONFIG_FILE: webFile },
      { nodeOptions: ['--import', 'data:text/javascript,process.chdir("/")'] },
    )
    assert.equal(await curl(...withUser('alice:change-me')), '200')
  })
})
