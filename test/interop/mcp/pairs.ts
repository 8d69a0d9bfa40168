import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type App, type AppOptions, NODE, REGISTER, scrape, scrapeUntil, startApp } from '../../harness/app.ts'
import type { Families } from '../../harness/prometheus-text.ts'
import { durationsOf, type End, requestsOf, sessionsOf, standardDurationsOf } from './counts.ts'
import { createLedger } from './ledger.ts'
import { startRecordingProxy } from './recording-proxy.ts'

type Env = Readonly<Record<string, string>>

/** A client that uses existing and missing tools and prompts. */
export interface Client {
  /** A file of `apps/`. */
  readonly file: string
  readonly env?: Env
}

export interface HttpServer {
  /** A file of `apps/`, or an absolute path. */
  readonly file: string
  readonly args?: readonly string[]
  readonly env?: Env
  /** Default: `streamable_http`. */
  readonly transport?: 'streamable_http' | 'sse'
}

/** A server that a client starts, with no environment of its own but these variables, `NAME=value`. */
export interface StdioServer {
  readonly args: readonly string[]
  readonly env?: readonly string[]
}

interface Ledger {
  readonly serverName: string | undefined
  rows(): Record<string, number>
}

interface Metrics {
  metricsWhen(holds: (families: Families) => boolean): Promise<Families>
}

/** The path of a file of `apps/`. */
export const appFile = (name: string) =>
  isAbsolute(name) ? name : fileURLToPath(new URL(`apps/${name}`, import.meta.url))

/** Adds the optional metrics of MCP. */
const MCP_METRICS = { AGENTGATEWAY_METRICS: 'mcp,semconv' }

const start = (name: string, options: AppOptions) =>
  startApp(appFile(name), { ...options, env: { ...options.env, ...MCP_METRICS } })

/**
 * Asserts that one end has counted exactly what the ledger has, and that it has recorded the duration of each request that got
 * a response, and of no other message.
 */
async function assertAgrees(app: Metrics, end: End, ledger: Ledger, sessions: number): Promise<void> {
  const expected = ledger.rows()
  const size = Object.values(expected).reduce((sum, value) => sum + value, 0)
  const families = await app.metricsWhen((families) => requestsOf(families, end).total >= size)
  const { rows, servers } = requestsOf(families, end)
  assert.deepEqual(rows, expected, end.role)
  assert.deepEqual(servers, [ledger.serverName])
  const durations = durationsOf(families, end)
  const answered = Object.entries(expected).filter(([key]) => !key.endsWith('|none'))
  assert.deepEqual(durations.rows, Object.fromEntries(answered), `durations of the ${end.role}`)
  assert.deepEqual(
    standardDurationsOf(families, end),
    sumByStandardKey(answered),
    `standard durations of the ${end.role}`,
  )
  const mean = durations.seconds / Object.values(durations.rows).reduce((sum, count) => sum + count, 0)
  assert.ok(mean > 0 && mean < process.uptime(), `a mean of ${mean} s`)
  assert.equal(sessionsOf(families, end), sessions, end.role)
}

/** Adds up rows by `method|resource|status`, since the semantic conventions have no type of a resource. */
function sumByStandardKey(rows: readonly (readonly [key: string, value: number])[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const [key, value] of rows) {
    const [method, , resource, status] = key.split('|')
    const standardKey = `${method}|${resource}|${status}`
    sums[standardKey] = (sums[standardKey] ?? 0) + value
  }
  return sums
}

/**
 * Has a client use a server at this path, through a proxy that keeps a ledger of every message, and checks that both ends
 * count what the ledger has, while the session is open and after it has ended.
 */
export async function checkHttpPair(
  { file, args = [], env = {}, transport = 'streamable_http' }: HttpServer,
  path: string,
  hasSessions: boolean,
  client: Client,
): Promise<void> {
  const serverApp = await start(file, { args, env })
  const proxy = await startRecordingProxy(Number(serverApp.ready))
  const openSessions = () => (transport === 'sse' ? proxy.sseStreams() : proxy.sessions())
  try {
    const kind = transport === 'sse' ? 'sse' : 'http'
    const clientApp = await start(client.file, { args: [kind, proxy.url + path], env: client.env ?? {} })
    await clientApp.line(/^used$/)
    const hasDiscovered = 'server/discover|||ok' in proxy.ledger.rows()
    assert.equal(openSessions(), hasSessions && !hasDiscovered ? 1 : 0)
    const ends = [
      [serverApp, { role: 'server', transport }],
      [clientApp, { role: 'client', transport }],
    ] as const
    for (const [app, end] of ends) await assertAgrees(app, end, proxy.ledger, openSessions())
    clientApp.writeLine('close')
    await clientApp.line(/^closed$/)
    for (const [app, end] of ends) {
      await app.metricsWhen((families) => sessionsOf(families, end) === openSessions())
      await assertAgrees(app, end, proxy.ledger, openSessions())
    }
    clientApp.writeLine('end')
    assert.equal((await clientApp.exit()).code, 0)
  } finally {
    proxy.close()
    await serverApp.stop()
  }
}

const SERVER_URL = /^server: .*(http:\S+\/metrics)$/m

/** The same over stdio, where `apps/tee.js` stands between the two and writes every message to a file. */
export async function checkStdioPair({ args, env = [] }: StdioServer, client: Client): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'mcp-tee-'))
  try {
    const variables = Object.entries(MCP_METRICS).map(([name, value]) => `${name}=${value}`)
    const command = ['env', '-u', 'SDK', '-u', 'BUILD', ...variables, ...env, NODE, '--import', REGISTER, ...args]
    const clientApp: App = await start(client.file, {
      args: ['stdio', NODE, appFile('tee.js'), directory, ...command],
      env: client.env ?? {},
    })
    await clientApp.line(/^used$/)
    const end = { role: 'client', transport: 'stdio' } as const
    const conversations = await readConversations(directory)
    await assertAgrees(clientApp, end, ledgerOf(conversations.join('')), 1)

    // A client that first discovers the server's version may have started another server, and abandoned it.
    const used = conversations.find((text) => text.includes('tools/call')) ?? assert.fail()
    await clientApp.line(SERVER_URL, 'stderr')
    const url = [...clientApp.stderr().matchAll(new RegExp(SERVER_URL, 'gm'))].at(-1)?.[1] ?? assert.fail()
    const serverApp: Metrics = { metricsWhen: (holds) => scrapeUntil(() => scrape(url), holds) }
    await assertAgrees(serverApp, { role: 'server', transport: 'stdio' }, ledgerOf(used), 1)

    clientApp.writeLine('close')
    await clientApp.line(/^closed$/)
    await clientApp.metricsWhen((families) => sessionsOf(families, end) === 0)
    await assertAgrees(clientApp, end, ledgerOf((await readConversations(directory)).join('')), 0)
    clientApp.writeLine('end')
    assert.equal((await clientApp.exit()).code, 0)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** What each run of `apps/tee.js` wrote. */
async function readConversations(directory: string): Promise<string[]> {
  return Promise.all((await readdir(directory)).map((name) => readFile(join(directory, name), 'utf8')))
}

function ledgerOf(conversation: string) {
  const ledger = createLedger()
  for (const line of conversation.split('\n')) {
    if (line.startsWith('>')) ledger.sent(line.slice(1))
    else if (line.startsWith('<')) ledger.received(line.slice(1))
  }
  return ledger
}
