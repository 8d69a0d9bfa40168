import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { METRICS } from '@agentgateway-otel/metrics'
import { VARIABLES } from '../../packages/agentgateway-otel/src/configuration/variables.ts'
import { startApp } from '../harness/app.ts'
import { createCertificateAuthority } from '../harness/certificates.ts'
import { runCli } from './cli.ts'

const APP = new URL('../e2e/apps/idle.mjs', import.meta.url)

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'config-')))
after(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop' }))
mkdirSync(join(folder, 'other'))
writeFileSync(join(folder, 'other/package.json'), JSON.stringify({ name: 'other' }))

interface Report {
  readonly hasPreload: boolean | null
  readonly derived: Readonly<Record<string, { readonly value: unknown; readonly because: string }>>
  readonly settings: Readonly<
    Record<string, { value: unknown; variable: string | null; file: string | null; isUsed: boolean }>
  >
  readonly warnings: readonly string[]
}

async function report(env: Readonly<Record<string, string>>, ...command: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await runCli(['config', '--json', '--', ...command], { env, cwd: folder })
  assert.deepEqual([code, stderr], [0, ''])
  return JSON.parse(stdout) as Report
}

async function text(env: Readonly<Record<string, string>>, ...command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(['config', '--', ...command], { env, cwd: folder })
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

/** Switches all of OTLP on, so that all settings are used. */
const OTLP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example:4318' }

describe('agentgateway-otel config', () => {
  it('has every setting, its value and the variable that it comes from', async () => {
    const { settings } = await report({ ...OTLP, OTEL_METRIC_EXPORT_INTERVAL: '5000', AGENTGATEWAY_LLM_HOSTS: 'a=b' })
    assert.deepEqual(Object.keys(settings).toSorted(), Object.keys(VARIABLES).toSorted())
    assert.ok(Object.values(settings).every(({ isUsed }) => isUsed))
    for (const [name, variable, value] of [
      ['exportIntervalMs', 'OTEL_METRIC_EXPORT_INTERVAL', 5000],
      ['otlpEndpoint', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector.example:4318/'],
      ['llmHosts', 'AGENTGATEWAY_LLM_HOSTS', { a: 'b' }],
      ['prometheusPort', null, 15_020],
      ['serviceName', null, null],
    ] as const) {
      assert.deepEqual([settings[name]?.variable, settings[name]?.value], [variable, value], name)
    }
  })

  it('has a line for each of them, of at most 80 columns', async () => {
    const lines = (await text(OTLP)).split('\n')
    for (const { names } of Object.values(VARIABLES)) {
      assert.ok(
        lines.some((line) => names.some((name) => line.trimStart().split(' ')[0] === name)),
        names.join(),
      )
    }
    for (const line of lines) assert.ok(line.length <= 80, line)
    assert.match(lines.join('\n'), /^ {2}OTEL_EXPORTER_PROMETHEUS_PORT +15020 +default$/m)
    assert.match(lines.join('\n'), /^ {2}OTEL_EXPORTER_OTLP_ENDPOINT +https:\/\/collector.example: +environment$/m)
  })

  it('never shows a secret', async () => {
    const secret = 'bf4c0d7a9e1245'
    const secrets = Object.fromEntries(
      Object.values(VARIABLES)
        .filter(({ isSecret }) => isSecret)
        .flatMap(({ names }) => names.map((name) => [name, `x-key=${secret},${secret}`])),
    )
    assert.ok(Object.keys(secrets).length >= 4)
    const env = {
      ...secrets,
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://user:${secret}@collector.example:4318/?key=${secret}`,
    }
    const shown = (await text(env)) + JSON.stringify(await report(env))
    assert.ok(!shown.includes(secret), shown)
    assert.match(shown, /OTEL_EXPORTER_OTLP_HEADERS +x-key \(values not shown\) +environment/)
    assert.match(shown, /AGENTGATEWAY_METRICS_TOKEN +set, not shown +environment/)
  })

  it('warns of what the preload warns of', async () => {
    const webFile = join(folder, 'web.yml')
    writeFileSync(webFile, 'basic_auth_users:\n  x: no-hash\n')
    for (const env of [
      {
        AGENTGATEWAY_METRICS: 'requets_total',
        AGENTGATEWAY_MCP_SESSION_IDLE_SECONDS: 'x',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'collector',
        OTEL_SERVICE_NAMES: 'shop',
      },
      { AGENTGATEWAY_METRICS_TOKEN: 'short' },
      { AGENTGATEWAY_WEB_CONFIG_FILE: webFile },
    ]) {
      const app = await startApp(APP, { env })
      await app.stop()
      const lines = app.stderr().split('\n').slice(0, -1)
      const written = lines
        .map((line) => line.replace(/^agentgateway-otel: /, ''))
        .filter((line) => !/metrics on/.test(line))
      assert.ok(written.length > 0)
      const warnings = (await report({ OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env })).warnings
      assert.deepEqual(warnings, written)
      assert.ok((await text(env)).replace(/\s+/g, ' ').includes(written[0] ?? ''))
    }
  })

  it('says which exporters there are, and why', async () => {
    for (const [env, exporters, because] of [
      [{}, ['prometheus'], 'no variable for exporters is set, and no OTLP endpoint'],
      [OTLP, ['prometheus', 'otlp'], 'an OTLP endpoint is set, and no variable for exporters'],
      [{ OTEL_METRICS_EXPORTER: 'otlp' }, ['prometheus', 'otlp'], 'OTEL_METRICS_EXPORTER decides'],
      [{ ...OTLP, OTEL_METRICS_EXPORTER: 'none' }, [], 'OTEL_METRICS_EXPORTER decides'],
      [{ AGENTGATEWAY_EXPORTERS: 'otlp', OTEL_METRICS_EXPORTER: 'none' }, ['otlp'], 'AGENTGATEWAY_EXPORTERS decides'],
      [{ ...OTLP, OTEL_SDK_DISABLED: 'true' }, [], 'OTEL_SDK_DISABLED is true'],
    ] as const) {
      const { derived } = await report(env)
      assert.deepEqual(derived.exporters, { value: exporters, because })
      assert.equal(derived.metricsUrl?.value !== null, (exporters as readonly string[]).includes('prometheus'))
      assert.equal(derived.otlpUrl?.value !== null, (exporters as readonly string[]).includes('otlp'))
    }
    assert.match(await text({ OTEL_SDK_DISABLED: 'true' }), /^It is off: OTEL_SDK_DISABLED is true\.$/m)
  })

  it('says where metrics are served, and sent to', async () => {
    const authority = createCertificateAuthority()
    const { cert, key } = authority.issue('server', 'DNS:localhost')
    const webFile = join(folder, 'tls.yml')
    writeFileSync(webFile, JSON.stringify({ tls_server_config: { cert_file: cert, key_file: key } }))
    const { derived } = await report({
      OTEL_EXPORTER_PROMETHEUS_HOST: '::1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '9464',
      AGENTGATEWAY_WEB_CONFIG_FILE: webFile,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example/base',
      OTEL_METRIC_EXPORT_INTERVAL: '4000',
    })
    assert.equal(derived.metricsUrl?.value, 'https://[::1]:9464/metrics')
    assert.equal(derived.otlpUrl?.value, 'https://collector.example/base/v1/metrics')
    assert.equal(derived.otlpTimeoutMs?.value, 4000)
  })

  it('says which metrics are made', async () => {
    const { derived } = await report({ AGENTGATEWAY_METRICS: 'genai,runtime,-agentgateway_request_size_bytes' })
    const names = derived.metrics?.value as readonly string[]
    assert.ok(names.includes(METRICS.llmTimeToFirstToken.name) && names.includes('runtime'))
    assert.ok(!names.includes(METRICS.requestSize.name) && names.includes(METRICS.requests.name))
  })

  it('names the service as the app would, and says why', async () => {
    const shop = join(folder, 'package.json')
    const other = join(folder, 'other/package.json')
    for (const [env, command, name, because] of [
      [{}, [], 'shop', `it is the name in ${shop}`],
      [{}, ['npm', 'start'], 'shop', `it is the name in ${shop}`],
      [{}, ['node', 'app.js', 'other/app.js'], 'shop', `it is the name in ${shop}`],
      [{}, ['node', '-r', 'ts-node', '--enable-source-maps', 'other/app.js'], 'other', `it is the name in ${other}`],
      [
        {},
        ['node', '-e', '0', 'x.js'],
        'unknown_service:node',
        'no variable names the service, and no package.json of the app does',
      ],
      [{ OTEL_SERVICE_NAME: 'own' }, [], 'own', 'it is OTEL_SERVICE_NAME'],
      [{ OTEL_RESOURCE_ATTRIBUTES: 'service.name=res' }, [], 'res', 'it is service.name in OTEL_RESOURCE_ATTRIBUTES'],
    ] as const) {
      const { derived } = await report(env, ...command)
      assert.deepEqual(derived.gateway, { value: name, because }, command.join(' '))
    }
  })

  it('reads the files of --env-file as Node.js does', async () => {
    writeFileSync(join(folder, '.env'), 'OTEL_SERVICE_NAME=first\nOTEL_LOG_LEVEL=warn\nAGENTGATEWAY_ROUTES=explicit\n')
    writeFileSync(join(folder, '.env.local'), 'OTEL_SERVICE_NAME="second"\n')
    const command = ['node', '--env-file=.env', '--env-file', '.env.local', '--env-file-if-exists=no', 'app.js']
    const { settings } = await report({ OTEL_LOG_LEVEL: 'debug' }, ...command)
    const read = (name: string) => [settings[name]?.value, settings[name]?.file]
    assert.deepEqual(read('serviceName'), ['second', '.env.local'])
    assert.deepEqual(read('routes'), ['explicit', '.env'])
    assert.deepEqual(read('logLevel'), ['debug', null])
    assert.match(await text({}, ...command), /^ {2}OTEL_SERVICE_NAME +second +\.env\.local$/m)
    const missing = await runCli(['config', '--', 'node', '--env-file=missing', 'app.js'], { cwd: folder })
    assert.equal(missing.code, 1)
    assert.equal(missing.stderr, `agentgateway-otel: --env-file "${join(folder, 'missing')}" cannot be read (ENOENT)\n`)
  })

  it('says whether the command has the preload', async () => {
    for (const [env, command, hasPreload] of [
      [{}, [], null],
      [{}, ['node', 'app.js'], false],
      [{}, ['node', '--import', 'agentgateway-otel/register', 'app.js'], true],
      [{}, ['node', '--require=./node_modules/agentgateway-otel/dist/register.cjs', 'app.js'], true],
      [{ NODE_OPTIONS: '--import agentgateway-otel/register' }, ['npm', 'start'], true],
    ] as const) {
      // The preload is not installed in this folder, so the command itself must not load it.
      const { stdout } = await runCli(['config', '--json', '--', ...command], { env, cwd: import.meta.dirname })
      assert.equal((JSON.parse(stdout) as Report).hasPreload, hasPreload, command.join(' '))
    }
    assert.match(
      await text({}, 'node', 'app.js'),
      /^The command has no preload: start it with "npx agentgateway-otel run/m,
    )
  })
})
