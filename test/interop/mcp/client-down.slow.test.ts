import assert from 'node:assert/strict'
import { once } from 'node:events'
import http, { type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { after, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { freePort } from '../../harness/free-port.ts'
import { type End, requestsOf, sessionsOf } from './counts.ts'

const running: App[] = []
async function start(name: string, env: Readonly<Record<string, string>>, args: readonly string[] = []): Promise<App> {
  const app = await startApp(new URL(`apps/${name}`, import.meta.url), { env, args })
  running.push(app)
  return app
}
const servers: Server[] = []
after(async () => {
  for (const server of servers) server.close()
  await Promise.all(running.map((app) => app.stop()))
})

/** Has the server listen on a free port, and returns its host. */
async function listen(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
const serve = (listener: RequestListener) => listen(http.createServer({ keepAliveTimeout: 1 }, listener))
const CLIENT = { role: 'client', transport: 'streamable_http' } as const

/** The counts by method and status. */
function statusesOf(rows: Readonly<Record<string, number>>): Record<string, number> {
  const statuses: Record<string, number> = {}
  for (const [key, count] of Object.entries(rows)) {
    const [method, , , status] = key.split('|')
    statuses[`${method} ${status}`] = (statuses[`${method} ${status}`] ?? 0) + count
  }
  return statuses
}

/** The URLs of servers to which a client cannot connect, by the status of its first message. */
async function brokenServers() {
  const refused = `127.0.0.1:${await freePort()}`
  return {
    none: [
      `http://${refused}/mcp`,
      // This server does not use TLS.
      `https://${await listen(createServer((socket) => socket.on('error', () => {}).end('no TLS')))}/mcp`,
      `http://${await listen(createServer((socket) => socket.on('error', () => {}).destroy()))}/mcp`,
      `http://${await serve((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc":')
        setImmediate(() => response.destroy())
      })}/mcp`,
      `http://${await serve((request, response) => {
        request.resume()
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')
      })}/mcp`,
    ],
    error: [
      `http://${await serve((request, response) => {
        request.resume()
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
      })}/mcp`,
    ],
    // Over SSE a client sends no message before the stream is open.
    nothing: [`http://${refused}/sse`],
  }
}

const CLIENTS = {
  'sdk 1': {},
  'sdk 1, with undici’s fetch': { FETCH: 'undici' },
  'sdk 1, over node:http': { FETCH: 'http' },
  'sdk 2': { SDK: '2' },
  'sdk 2, 2026-07-28 where the server knows it': { SDK: '2', MODE: 'auto' },
}

describe('an MCP client whose server has ended', () => {
  for (const [what, env] of Object.entries(CLIENTS)) {
    it(`of ${what} counts each message that it sends once, with its status`, async () => {
      const isModern = 'MODE' in env
      const server = await start('http-sdk.js', 'SDK' in env ? { SDK: env.SDK } : {})
      const broken = await brokenServers()
      const url = `http://127.0.0.1:${server.ready}/${isModern ? 'stateless' : 'stateful'}`
      const client = await start('client-down.js', env, [url, ...Object.values(broken).flat()])
      await client.line(/^connected$/)
      await server.stop()
      client.writeLine('go on')
      const [, text = ''] = await client.line(/^sent (.*)$/)
      const sent = JSON.parse(text) as Record<string, number>
      const total = Object.values(sent).reduce((sum, count) => sum + count, 0)
      const families = await client.metricsWhen((families) => requestsOf(families, CLIENT).total >= total)
      const statuses = statusesOf(requestsOf(families, CLIENT).rows)
      const byMethod: Record<string, number> = {}
      for (const [key, count] of Object.entries(statuses)) {
        const [method = ''] = key.split(' ')
        byMethod[method] = (byMethod[method] ?? 0) + count
      }
      assert.deepEqual(byMethod, sent)
      assert.deepEqual([statuses['tools/call ok'], statuses['tools/call none']], [1, 3])
      assert.equal(statuses['tools/list none'], 1)
      const first = isModern ? 'server/discover' : 'initialize'
      assert.equal(statuses[`${first} ok`], 1)
      assert.ok((statuses[`${first} none`] ?? 0) >= broken.none.length)
      assert.equal(statuses[`${first} error`], broken.error.length)
      for (const [key, count] of Object.entries(statuses)) if (/ (ok|error)$/.test(key)) assert.equal(count, 1, key)
      client.writeLine('end')
      assert.equal((await client.exit()).code, 0)
    })
  }

  it('over SSE counts messages after its stream has ended as messages over SSE', async () => {
    const SSE: End = { role: 'client', transport: 'sse' }
    for (const env of [{}, { SDK: '2' }]) {
      const server = await start('http-express.js', env)
      const client = await start('client-down.js', env, [`http://127.0.0.1:${server.ready}/sse`])
      await client.line(/^connected$/)
      await server.stop()
      client.writeLine('go on')
      const [, text = ''] = await client.line(/^sent (.*)$/)
      const total = Object.values(JSON.parse(text) as Record<string, number>).reduce((sum, count) => sum + count, 0)
      const families = await client.metricsWhen((families) => requestsOf(families, SSE).total >= total)
      assert.deepEqual(statusesOf(requestsOf(families, SSE).rows), {
        'initialize ok': 1,
        'notifications/initialized none': 1,
        'tools/call ok': 1,
        'tools/call none': 3,
        'tools/list none': 1,
      })
      assert.equal(requestsOf(families, CLIENT).total, 0)
      assert.equal(sessionsOf(families, SSE), 0)
      client.writeLine('end')
      await client.exit()
    }
  })
})
