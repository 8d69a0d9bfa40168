import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { startProcess } from '../harness/process.ts'

const PAGE = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8').replaceAll(/\s+/g, ' ')
/** A directory from which Node.js finds the package. */
const TEST = fileURLToPath(new URL('..', import.meta.url))
const FLAG = ['--import', 'agentgateway-otel/register']

const elsewhere = mkdtempSync(join(tmpdir(), 'troubleshooting-'))
after(() => rmSync(elsewhere, { recursive: true }))
const APP = join(elsewhere, 'app.mjs')
writeFileSync(APP, 'console.log("ran")')

interface Options {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs Node.js to its end. */
async function node(args: readonly string[], { cwd = TEST, env = {} }: Options = {}) {
  const all = { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env }
  const app = startProcess(NODE, args, { env: all, cwd, stdin: 'ignore' })
  const { code } = await app.exit()
  return { code, stdout: app.stdout(), stderr: app.stderr() }
}

/** Asserts that both what was written and the page have this text. */
function assertOnPage(text: string, written: string): void {
  assert.ok(written.includes(text), `${text} is not in ${written}`)
  assert.ok(PAGE.includes(text), `${text} is not on the page`)
}

describe('docs/troubleshooting.md', () => {
  it('is right that a flag behind the script has no effect, and that Node.js does not mention it', async () => {
    assert.deepEqual(await node([APP, ...FLAG]), { code: 0, stdout: 'ran\n', stderr: '' })
  })

  it('is right about misspelt flags and paths', async () => {
    assertOnPage('bad option', (await node(['--imprt', 'agentgateway-otel/register', APP])).stderr)
    const { code, stderr } = await node(['--import', 'agentgateway-otel/registre', APP])
    assert.notEqual(code, 0)
    assertOnPage('ERR_PACKAGE_PATH_NOT_EXPORTED', stderr)
  })

  it('is right about what Node.js ignores', async () => {
    for (const value of ['agentgateway-otel/register', "'--import agentgateway-otel/register'"]) {
      assert.deepEqual(await node([APP], { env: { NODE_OPTIONS: value } }), { code: 0, stdout: 'ran\n', stderr: '' })
    }
    const { code, stderr } = await node(['--loader', 'agentgateway-otel/register', APP])
    assert.equal(code, 0)
    assert.doesNotMatch(stderr, /metrics on/)
  })

  it('is right that the current directory counts, and that a path helps', async () => {
    const options = { cwd: elsewhere }
    assertOnPage(
      "Cannot find package 'agentgateway-otel' imported from /",
      (await node([...FLAG, APP], options)).stderr,
    )
    const required = await node(['--require', 'agentgateway-otel/register', APP], options)
    assertOnPage("Cannot find module 'agentgateway-otel/register'", required.stderr)
    const { stdout, stderr } = await node(['--import', REGISTER, APP], options)
    assert.equal(stdout, 'ran\n')
    assert.match(stderr, /^agentgateway-otel: .* metrics on /)
  })

  it('quotes the lines that say why it is off', async () => {
    for (const [env, text] of [
      [{ OTEL_METRICS_EXPORTER: 'none' }, 'is off, because no exporter is left'],
      [{ OTEL_SDK_DISABLED: 'true' }, 'is off, because OTEL_SDK_DISABLED is true'],
    ] as const) {
      assertOnPage(text, (await node([...FLAG, APP], { env })).stderr)
    }
    const env = { OTEL_METRICS_EXPORTER: 'none', AGENTGATEWAY_EXPORTERS: 'prometheus' }
    assert.match((await node([...FLAG, APP], { env })).stderr, /metrics on /)
  })

  for (const level of ['none', 'error', 'warn']) {
    it(`is right that OTEL_LOG_LEVEL=${level} hides the line`, async () => {
      assert.equal((await node([...FLAG, APP], { env: { OTEL_LOG_LEVEL: level } })).stderr, '')
    })
  }

  it('quotes the line of a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const port = String((server.address() as AddressInfo).port)
    const app = startProcess(NODE, [...FLAG, '-e', 'setInterval(() => {}, 1000)'], {
      env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: port },
      cwd: TEST,
    })
    await app.line(/port \d+ is in use/, 'stderr')
    await app.stop()
    server.close()
    assertOnPage('port 15020 is in use', app.stderr().replace(`port ${port} `, 'port 15020 '))
  })

  it('quotes the lines of a collector that does not listen', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`
    const env = {
      AGENTGATEWAY_EXPORTERS: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    }
    const counts =
      "import { recordLlmCall } from 'agentgateway-otel'; recordLlmCall({ system: 'x', durationSeconds: 1 })"
    const { code, stderr } = await node([...FLAG, '--input-type=module', '-e', counts], { env })
    assert.equal(code, 0)
    assertOnPage('metrics go to OTLP only', stderr)
    assertOnPage('cannot send metrics to <URL>', stderr.replace(`${endpoint}/v1/metrics`, '<URL>'))
  })
})
