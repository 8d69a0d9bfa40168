import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { type App, type AppOptions, startApp } from '../../harness/app.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { prometheusIsMissing } from '../../harness/real-prometheus.ts'
import { sessionsOf } from './counts.ts'

const NAME = 'agentgateway_mcp_session_duration_seconds'
const HTTP = { role: 'server', transport: 'streamable_http' } as const
const STDIO = { role: 'client', transport: 'stdio' } as const
const SELECTED = { env: { AGENTGATEWAY_METRICS: 'mcp' } }

const running: App[] = []
after(() => Promise.all(running.map((app) => app.stop())))
async function start(script: string, options: AppOptions): Promise<App> {
  const app = await startApp(new URL(`apps/${script}`, import.meta.url), options)
  running.push(app)
  return app
}

const countOf = (families: Families, labels: object) => sumOf(families, `${NAME}_count`, { ...labels })

/** Opens a session with the official SDK's server and ends it, and returns the milliseconds that this took. */
async function useSession(app: App): Promise<number> {
  const beginMs = performance.now()
  const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${app.ready}/stateful`))
  const client = new Client({ name: 'driver', version: '1.0.0' })
  await client.connect(transport)
  await app.metricsWhen((families) => sessionsOf(families, HTTP) === 1)
  await transport.terminateSession()
  await client.close()
  return performance.now() - beginMs
}

describe('the optional metric of MCP session durations', () => {
  it('is neither declared nor recorded by default', async () => {
    const app = await start('servers.js', {})
    await useSession(app)
    const families = await app.metricsWhen((now) => sessionsOf(now, HTTP) === 0)
    assert.equal(families.get(NAME), undefined)
  })

  it('is declared at once and recorded at the end of a session with AGENTGATEWAY_METRICS=mcp', async () => {
    const app = await start('servers.js', SELECTED)
    const family = (await app.metrics()).get(NAME)
    assert.deepEqual([family?.type, family?.samples], ['histogram', []])
    const clientSeconds = (await useSession(app)) / 1000
    const families = await app.metricsWhen((now) => countOf(now, HTTP) === 1)
    assert.equal(sessionsOf(families, HTTP), 0)
    const seconds = sumOf(families, `${NAME}_sum`, HTTP)
    assert.ok(seconds > 0 && seconds <= clientSeconds, `${seconds} of ${clientSeconds}`)
    assert.equal(families.get(NAME)?.samples.filter(({ name }) => name.endsWith('_bucket')).length, 15)
  })

  it('is recorded when the child of a stdio client ends', async () => {
    const server = fileURLToPath(new URL('apps/stdio-sdk.js', import.meta.url))
    const app = await start('client-sdk.js', { ...SELECTED, args: ['stdio', process.execPath, server] })
    await app.line(/^used$/)
    assert.equal(countOf(await app.metrics(), STDIO), 0)
    app.writeLine('end')
    await app.line(/^closed$/)
    await app.metricsWhen((now) => countOf(now, STDIO) === 1)
  })

  it('is in an exposition that promtool accepts', { skip: prometheusIsMissing() }, async () => {
    const app = await start('servers.js', SELECTED)
    await useSession(app)
    await app.metricsWhen((now) => countOf(now, HTTP) === 1)
    const url = /http:\/\/\S+\/metrics/.exec(app.stderr())?.[0] ?? ''
    const exposition = await (await fetch(url)).text()
    assert.match(exposition, new RegExp(`^${NAME}_count`, 'm'))
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: exposition,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stdout + stderr)
  })
})
