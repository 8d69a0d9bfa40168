import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, pollUntil, scrape } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { type Families, sumOf } from '../harness/prometheus-text.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../examples/${name}/`, import.meta.url))
/** As their READMEs have it: resolved from the example's own folder. */
const FLAG = ['--import', 'agentgateway-otel/register']

const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** Runs what stands in a README, in the example's folder. */
function run(example: string, args: readonly string[]) {
  const child = spawn(NODE, args, {
    cwd: folder(example),
    env: {
      ...childEnv(),
      PORT: '0',
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    },
    stdio: 'pipe',
  })
  children.push(child)
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] += text
      child.emit('said')
    })
  }
  const closed = once(child, 'close')

  async function says(pattern: RegExp, stream: keyof typeof said = 'stdout'): Promise<string> {
    for (;;) {
      const [, found] = pattern.exec(said[stream]) ?? []
      if (found !== undefined) return found
      const ended = await Promise.race([once(child, 'said').then(() => false), closed.then(() => true)])
      if (ended && !pattern.test(said[stream])) assert.fail(`ended before ${pattern}: ${said.stdout}${said.stderr}`)
    }
  }
  async function metricsWhen(holds: (families: Families) => boolean): Promise<Families> {
    const url = await says(/metrics on (http:\S+)/, 'stderr')
    return pollUntil(() => scrape(url), holds)
  }
  return { child, closed, says, metricsWhen }
}

const REQUESTS = 'agentgateway_mcp_requests_total'
const SESSIONS = 'agentgateway_mcp_sessions_active'

/** Uses the notes by the client; `server` is scraped too where it can be. */
async function use(client: ReturnType<typeof run>, transport: string, server?: ReturnType<typeof run>): Promise<void> {
  assert.equal(await client.says(/^tools of notes: (.*)$/m), 'add_note, find_notes')
  client.child.stdin?.write('add_note {"text": "buy milk"}\nadd_note {"text": 7}\nfind_notes {"text": "milk"}\n')
  assert.equal(await client.says(/^(buy milk)$/m), 'buy milk')
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
  assert.deepEqual(await client.closed, [0, null])
}

describe('the MCP examples', () => {
  it('are counted in both roles over Streamable HTTP', async () => {
    const server = run('mcp-server', [...FLAG, 'http.js'])
    const url = await server.says(/notes on (http:\S+)/)
    await use(run('mcp-client', [...FLAG, 'client.js', url]), 'streamable_http', server)
    await server.metricsWhen((families) => sumOf(families, SESSIONS, { role: 'server' }) === 0)
  })

  it('are counted over stdio', async () => {
    await use(run('mcp-client', [...FLAG, 'client.js', NODE, '../mcp-server/stdio.js']), 'stdio')
  })

  it('work as they are, without the flag', async () => {
    const client = run('mcp-client', ['client.js', NODE, '../mcp-server/stdio.js'])
    await client.says(/^tools of (notes)/m)
    client.child.stdin?.end()
    assert.deepEqual(await client.closed, [0, null])
  })
})
