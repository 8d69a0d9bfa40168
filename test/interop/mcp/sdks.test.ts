import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, type AppOptions, NODE, REGISTER, scrape, scrapeUntil, startApp } from '../../harness/app.ts'
import { bundleServers } from './bundle.ts'
import { type End, requestsOf, sessionsOf } from './counts.ts'
import { createLedger } from './ledger.ts'
import { startRecordingProxy } from './recording-proxy.ts'

const app = (name: string) => (isAbsolute(name) ? name : fileURLToPath(new URL(`apps/${name}`, import.meta.url)))
const bundle = await bundleServers()
type Env = Readonly<Record<string, string>>

const running: App[] = []
async function start(name: string, options: AppOptions): Promise<App> {
  const started = await startApp(app(name), options)
  running.push(started)
  return started
}
after(async () => {
  await Promise.all(running.map((app) => app.stop()))
  await bundle.remove()
})

interface Ledger {
  readonly serverName: string | undefined
  rows(): Record<string, number>
}

/** That one end has counted what the ledger has, no more and no less. */
async function agrees(app: Pick<App, 'metricsWhen'>, end: End, ledger: Ledger, sessions: number): Promise<void> {
  const expected = ledger.rows()
  const size = Object.values(expected).reduce((sum, value) => sum + value, 0)
  const families = await app.metricsWhen((families) => requestsOf(families, end).total >= size)
  const { rows, servers } = requestsOf(families, end)
  assert.deepEqual(rows, expected, end.role)
  assert.deepEqual(servers, [ledger.serverName])
  assert.equal(sessionsOf(families, end), sessions, end.role)
}

interface Client {
  readonly file: string
  readonly env?: Env
}

/** Every client here uses tools that there are and tools that there are not. */
const CLIENTS: Readonly<Record<string, Client>> = {
  'sdk 1, ESM': { file: 'client-sdk.js' },
  'sdk 1, CJS': { file: 'client-sdk.js', env: { BUILD: 'cjs' } },
  'sdk 1.13': { file: 'client-sdk.js', env: { SDK: '1.13' } },
  'sdk 2, ESM': { file: 'client-sdk.js', env: { SDK: '2' } },
  'sdk 2, CJS, 2026-07-28 where the server knows it': {
    file: 'client-sdk.js',
    env: { SDK: '2', BUILD: 'cjs', MODE: 'auto' },
  },
  'AI SDK': { file: 'client-ai-sdk.js' },
}

interface HttpServer {
  readonly file: string
  readonly args?: readonly string[]
  readonly env?: Env
  readonly kind?: 'http' | 'sse'
  /** By path, whether there are sessions. */
  readonly paths: Readonly<Record<string, boolean>>
}

const HTTP_SERVERS: Readonly<Record<string, HttpServer>> = {
  'sdk 1': { file: 'http-sdk.js', paths: { '/stateful': true, '/stateless': false } },
  'sdk 1.13, CJS': {
    file: 'http-sdk.js',
    env: { SDK: '1.13', BUILD: 'cjs' },
    paths: { '/stateful': true, '/stateless': false },
  },
  'sdk 2, ESM': { file: 'http-sdk.js', env: { SDK: '2' }, paths: { '/stateful': true, '/stateless': false } },
  'sdk 2, CJS': {
    file: 'http-sdk.js',
    env: { SDK: '2', BUILD: 'cjs' },
    paths: { '/stateful': true, '/stateless': false },
  },
  'sdk 2, Express, answers in JSON': { file: 'http-express.js', paths: { '/mcp': false } },
  'sdk 1 over SSE': { file: 'http-express.js', kind: 'sse', paths: { '/sse': true } },
  'sdk 2 over SSE': { file: 'http-express.js', kind: 'sse', env: { SDK: '2' }, paths: { '/sse': true } },
  'FastMCP, stateful': { file: 'fastmcp.js', args: ['stateful'], paths: { '/mcp': true } },
  'FastMCP, stateless': { file: 'fastmcp.js', args: ['stateless'], paths: { '/mcp': false } },
  'server-everything over Streamable HTTP': {
    file: 'everything.js',
    args: ['streamableHttp'],
    paths: { '/mcp': true },
  },
  'server-everything over SSE': { file: 'everything.js', args: ['sse'], kind: 'sse', paths: { '/sse': true } },
  'a minified bundle': { file: bundle.http, paths: { '/stateful': true, '/json': true, '/stateless': false } },
  'fetch handlers: mcp-handler and tmcp': { file: 'fetch-handlers.js', paths: { '/handler': false, '/tmcp': true } },
}

/**
 * Every server meets two clients, and so every client several servers. `ALL_PAIRS=true` has all meet all.
 *
 * @param turn another number for each server
 */
function clientsFor(turn: number): [string, Client][] {
  const all = Object.entries(CLIENTS)
  if (process.env.ALL_PAIRS === 'true') return all
  return [turn, turn + 3].map((i) => all[i % all.length] ?? assert.fail())
}
let turn = 0

for (const [server, { file, args = [], env = {}, kind = 'http', paths }] of Object.entries(HTTP_SERVERS)) {
  describe(`a server of ${server}`, () => {
    for (const [path, hasSessions] of Object.entries(paths)) {
      for (const [client, { file: clientFile, env: clientEnv = {} }] of clientsFor(turn++)) {
        it(`counts at ${path} what a client of ${client} sends, and so does the client`, async () => {
          const serverApp = await start(file, { args, env })
          const proxy = await startRecordingProxy(Number(serverApp.ready))
          try {
            const clientApp = await start(clientFile, { args: [kind, proxy.url + path], env: clientEnv })
            await clientApp.line(/^used$/)
            const transport = kind === 'sse' ? 'sse' : 'streamable_http'
            const open = kind === 'sse' ? proxy.sseStreams() : proxy.sessions()
            const isModern = 'server/discover|||ok' in proxy.ledger.rows()
            assert.equal(open, hasSessions && !isModern ? 1 : 0)
            const ends = [
              [serverApp, { role: 'server', transport }],
              [clientApp, { role: 'client', transport }],
            ] as const
            for (const [app, end] of ends) await agrees(app, end, proxy.ledger, open)
            clientApp.writeLine('close')
            await clientApp.line(/^closed$/)
            for (const [app, end] of ends) {
              await app.metricsWhen(
                (families) => sessionsOf(families, end) === (kind === 'sse' ? proxy.sseStreams() : proxy.sessions()),
              )
              await agrees(app, end, proxy.ledger, kind === 'sse' ? proxy.sseStreams() : proxy.sessions())
            }
            clientApp.writeLine('end')
            assert.equal((await clientApp.exit()).code, 0)
          } finally {
            proxy.close()
            await serverApp.stop()
          }
        })
      }
    }
  })
}

/** Started by a client, so by no environment of their own. */
const STDIO_SERVERS: Readonly<Record<string, { args: readonly string[]; env?: readonly string[] }>> = {
  'sdk 1, ESM': { args: [app('stdio-sdk.js')] },
  'sdk 1, CJS': { args: [app('stdio-sdk.js')], env: ['BUILD=cjs'] },
  'sdk 1.13': { args: [app('stdio-sdk.js')], env: ['SDK=1.13'] },
  'sdk 2, ESM': { args: [app('stdio-sdk.js')], env: ['SDK=2'] },
  'sdk 2, CJS': { args: [app('stdio-sdk.js')], env: ['SDK=2', 'BUILD=cjs'] },
  FastMCP: { args: [app('fastmcp.js'), 'stdio'] },
  tmcp: { args: [app('stdio-tmcp.js')] },
  'a minified bundle': { args: [bundle.stdio] },
  'server-everything': {
    args: [fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')), 'stdio'],
  },
}

const SERVER_URL = /^server: .*(http:\S+\/metrics)$/m

describe('a server over stdio', () => {
  for (const [server, { args, env = [] }] of Object.entries(STDIO_SERVERS)) {
    for (const [client, { file, env: clientEnv = {} }] of clientsFor(turn++)) {
      it(`of ${server} counts what a client of ${client} sends, and so does the client`, async () => {
        const directory = await mkdtemp(join(tmpdir(), 'mcp-tee-'))
        try {
          const command = ['env', '-u', 'SDK', '-u', 'BUILD', ...env, NODE, '--import', REGISTER, ...args]
          const clientApp = await start(file, {
            args: ['stdio', NODE, app('tee.js'), directory, ...command],
            env: clientEnv,
          })
          await clientApp.line(/^used$/)
          const end = { role: 'client', transport: 'stdio' } as const
          const conversations = await conversationsIn(directory)
          await agrees(clientApp, end, ledgerOf(conversations.join('')), 1)

          // The one that was used: a client that asks for the version first may have started another, and left it.
          const used = conversations.find((text) => text.includes('tools/call')) ?? assert.fail()
          await clientApp.line(SERVER_URL, 'stderr')
          const url = [...clientApp.stderr().matchAll(new RegExp(SERVER_URL, 'gm'))].at(-1)?.[1] ?? assert.fail()
          const serverApp = { metricsWhen: (holds: Holds) => scrapeUntil(() => scrape(url), holds) }
          await agrees(serverApp, { role: 'server', transport: 'stdio' }, ledgerOf(used), 1)

          clientApp.writeLine('close')
          await clientApp.line(/^closed$/)
          await clientApp.metricsWhen((families) => sessionsOf(families, end) === 0)
          await agrees(clientApp, end, ledgerOf((await conversationsIn(directory)).join('')), 0)
          clientApp.writeLine('end')
          assert.equal((await clientApp.exit()).code, 0)
        } finally {
          await rm(directory, { recursive: true })
        }
      })
    }
  }
})

type Holds = Parameters<App['metricsWhen']>[0]

/** What each run of tee.js wrote down. */
async function conversationsIn(directory: string): Promise<string[]> {
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
