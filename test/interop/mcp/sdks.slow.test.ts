import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bundleServers } from './bundle.ts'
import { appFile, type Client, checkHttpPair, checkStdioPair, type HttpServer, type StdioServer } from './pairs.ts'

const bundle = await bundleServers()
after(() => bundle.remove())

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

/** `paths` has, for each path, whether the server has sessions there. */
const HTTP_SERVERS: Readonly<Record<string, HttpServer & { readonly paths: Readonly<Record<string, boolean>> }>> = {
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
  'sdk 2, Express, responses in JSON': { file: 'http-express.js', paths: { '/mcp': false } },
  'sdk 1 over SSE': { file: 'http-express.js', transport: 'sse', paths: { '/sse': true } },
  'sdk 2 over SSE': { file: 'http-express.js', transport: 'sse', env: { SDK: '2' }, paths: { '/sse': true } },
  'FastMCP, stateful': { file: 'fastmcp.js', args: ['stateful'], paths: { '/mcp': true } },
  'FastMCP, stateless': { file: 'fastmcp.js', args: ['stateless'], paths: { '/mcp': false } },
  'server-everything over Streamable HTTP': {
    file: 'everything.js',
    args: ['streamableHttp'],
    paths: { '/mcp': true },
  },
  'server-everything over SSE': { file: 'everything.js', args: ['sse'], transport: 'sse', paths: { '/sse': true } },
  'a minified bundle': { file: bundle.http, paths: { '/stateful': true, '/json': true, '/stateless': false } },
  'fetch handlers: mcp-handler and tmcp': { file: 'fetch-handlers.js', paths: { '/handler': false, '/tmcp': true } },
}

/**
 * The clients that use a server: two for each, so that every client uses several. With `ALL_PAIRS=true` every client uses
 * every server.
 *
 * @param turn another number for each server
 */
function clientsFor(turn: number): [string, Client][] {
  const all = Object.entries(CLIENTS)
  if (process.env.ALL_PAIRS === 'true') return all
  return [turn, turn + 3].map((i) => all[i % all.length] ?? assert.fail())
}
let turn = 0

for (const [name, { paths, ...server }] of Object.entries(HTTP_SERVERS)) {
  describe(`a server of ${name}`, () => {
    for (const [path, hasSessions] of Object.entries(paths)) {
      for (const [clientName, client] of clientsFor(turn++)) {
        it(`counts at ${path} every message of a client of ${clientName}, and so does the client`, () =>
          checkHttpPair(server, path, hasSessions, client))
      }
    }
  })
}

const STDIO_SERVERS: Readonly<Record<string, StdioServer>> = {
  'sdk 1, ESM': { args: [appFile('stdio-sdk.js')] },
  'sdk 1, CJS': { args: [appFile('stdio-sdk.js')], env: ['BUILD=cjs'] },
  'sdk 1.13': { args: [appFile('stdio-sdk.js')], env: ['SDK=1.13'] },
  'sdk 2, ESM': { args: [appFile('stdio-sdk.js')], env: ['SDK=2'] },
  'sdk 2, CJS': { args: [appFile('stdio-sdk.js')], env: ['SDK=2', 'BUILD=cjs'] },
  FastMCP: { args: [appFile('fastmcp.js'), 'stdio'] },
  tmcp: { args: [appFile('stdio-tmcp.js')] },
  'a minified bundle': { args: [bundle.stdio] },
  'server-everything': {
    args: [fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')), 'stdio'],
  },
}

describe('a server over stdio', () => {
  for (const [name, server] of Object.entries(STDIO_SERVERS)) {
    for (const [clientName, client] of clientsFor(turn++)) {
      it(`of ${name} counts every message of a client of ${clientName}, and so does the client`, () =>
        checkStdioPair(server, client))
    }
  }
})
