import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, scrape, scrapeUntil } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url))
/** The preload flag as in the READMEs, which is resolved from the example's own folder. */
const FLAG = ['--import', 'agentgateway-otel/register']

/** Runs a command of a README, in the example's folder. */
function run(example: string, args: readonly string[]) {
  const running = startProcess(NODE, args, {
    cwd: folder(example),
    env: {
      ...childEnv(),
      PORT: '0',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    },
  })
  return {
    ...running,
    async metricsWhen(holds: (families: Families) => boolean): Promise<Families> {
      const [, url = ''] = await running.line(/metrics on (http:\S+)/, 'stderr')
      return scrapeUntil(() => scrape(url), holds)
    },
  }
}

const REQUESTS = 'agentgateway_mcp_requests_total'
const SESSIONS = 'agentgateway_mcp_sessions_active'

/** Adds and finds notes by the client, and checks what the client counts, and the server where it can be scraped. */
async function use(client: ReturnType<typeof run>, transport: string, server?: ReturnType<typeof run>): Promise<void> {
  await client.line(/^tools of notes: add_note, find_notes$/)
  for (const call of ['add_note {"text": "buy milk"}', 'add_note {"text": 7}', 'find_notes {"text": "milk"}']) {
    client.writeLine(call)
  }
  await client.line(/^buy milk$/)
  for (const [role, process] of [['client', client] as const, ['server', server] as const]) {
    if (process === undefined) continue
    const call = { role, transport, method: 'tools/call', server: 'notes' }
    const families = await process.metricsWhen((families) => sumOf(families, REQUESTS, call) === 3)
    assert.equal(sumOf(families, REQUESTS, { ...call, resource: 'add_note', status: 'ok' }), 1)
    assert.equal(sumOf(families, REQUESTS, { ...call, resource: 'add_note', status: 'error' }), 1)
    assert.equal(sumOf(families, REQUESTS, { ...call, resource: 'find_notes', status: 'ok' }), 1)
    assert.equal(sumOf(families, SESSIONS, { role, transport }), 1)
  }
  client.child.stdin?.end()
  assert.equal((await client.exit()).code, 0)
}

describe('the MCP examples', () => {
  it('are counted in both roles over Streamable HTTP', async () => {
    const server = run('mcp-server', [...FLAG, 'http.js'])
    const [, url = ''] = await server.line(/notes on (http:\S+)/)
    await use(run('mcp-client', [...FLAG, 'client.js', url]), 'streamable_http', server)
    await server.metricsWhen((families) => sumOf(families, SESSIONS, { role: 'server' }) === 0)
  })

  it('are counted over stdio', async () => {
    await use(run('mcp-client', [...FLAG, 'client.js', NODE, '../mcp-server/stdio.js']), 'stdio')
  })

  it('work as they are, without the flag', async () => {
    const client = run('mcp-client', ['client.js', NODE, '../mcp-server/stdio.js'])
    await client.line(/^tools of notes/)
    client.child.stdin?.end()
    assert.equal((await client.exit()).code, 0)
  })
})
