import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type App,
  type AppOptions,
  EMPTY_CJS,
  NODE,
  REGISTER,
  REGISTER_CJS,
  scrape,
  scrapeUntil,
  startApp,
} from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { type RunningProcess, startProcess } from '../../harness/process.ts'
import { requestsOf, SESSIONS, sessionsOf } from './counts.ts'
import { INITIALIZE, message, runWithStdin, type Stdin } from './stdio-run.ts'

const app = (name: string) => fileURLToPath(new URL(`apps/${name}`, import.meta.url))
const SERVER = { role: 'server', transport: 'stdio' } as const
const CLIENT = { role: 'client', transport: 'stdio' } as const

/** Starts a program that is given as text. */
const start = (code: string, options: AppOptions = {}): Promise<App> => startApp('-e', { ...options, args: [code] })

describe('an MCP server over stdio', () => {
  const conversation =
    INITIALIZE +
    message('notifications/initialized') +
    message('tools/list', 1) +
    message('tools/call', 'grüße', { name: 'echo' }) +
    message('tools/call', 3, { name: 'broken' }) +
    'no message\n' +
    message('nonsense', 4)

  for (const [what, args] of Object.entries({
    'the SDK': [app('stdio-sdk.js')],
    FastMCP: [app('fastmcp.js'), 'stdio'],
    tmcp: [app('stdio-tmcp.js')],
  })) {
    for (const [how, stdin] of Object.entries({
      'when its input ends': { input: conversation },
      'when it gets SIGTERM': { input: conversation, kill: 'SIGTERM' },
      'when it gets SIGINT': { input: conversation, kill: 'SIGINT' },
    } satisfies Record<string, Stdin>)) {
      it(`of ${what} writes and ends as without the preload ${how}`, async () => {
        const outcomes = await Promise.all(
          [REGISTER_CJS, EMPTY_CJS].map((preload) => runWithStdin(args, preload, stdin)),
        )
        // How much was written before the signal differs from run to run.
        const [withPreload, without] = outcomes.map(({ code, signal, ...output }) =>
          'kill' in stdin ? { code, signal } : { code, signal, ...output },
        )
        assert.deepEqual(withPreload, without)
      })
    }
  }

  /** A server whose client is the test. */
  async function serve(code: string, env: Readonly<Record<string, string>> = {}) {
    const server = await start(code, { env })
    server.child.stdin?.write(INITIALIZE)
    return server
  }

  const RESPOND = `(line) => { const { id, method } = JSON.parse(line)
    return id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result: { method, serverInfo: { name: 'hand-made' } } }) + '\\n' }`

  for (const [how, code] of Object.entries({
    'writes through what it kept of a stdout that it replaced': `const write = process.stdout.write.bind(process.stdout); process.stdout.write = () => true
      require('readline').createInterface({ input: process.stdin }).on('line', (line) => write((${RESPOND})(line)))`,
    'writes bytes, in pieces': `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      for (const byte of Buffer.from((${RESPOND})(line))) process.stdout.write(Buffer.of(byte)) })`,
    'collects what it writes': `process.stdout.cork(); require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      process.stdout.write((${RESPOND})(line)); process.nextTick(() => { process.stdout.uncork(); process.stdout.cork() }) })`,
    'is piped': `const { Transform } = require('stream'); let rest = ''
      process.stdin.pipe(new Transform({ transform(chunk, _, done) { const lines = (rest + chunk).split('\\n'); rest = lines.pop()
        done(null, lines.map(${RESPOND}).join('')) } })).pipe(process.stdout)`,
  })) {
    it(`is counted when it ${how}`, async () => {
      const server = await serve(`console.log('ready'); ${code}; setInterval(() => {}, 1000)`)
      await server.line(/hand-made/)
      server.writeLine(message('ping', 'a').trim())
      server.child.stdin?.write(message('tools/list', 7).slice(0, 9))
      server.child.stdin?.write(`${message('tools/list', 7).slice(9)}${message('notifications/initialized')}`)
      const families = await server.metricsWhen((families) => requestsOf(families, SERVER).total === 4)
      assert.deepEqual(requestsOf(families, SERVER), {
        rows: {
          'initialize|||ok': 1,
          'ping|||ok': 1,
          'tools/list|tool||ok': 1,
          'notifications/initialized|||none': 1,
        },
        servers: ['hand-made'],
        total: 4,
      })
      assert.equal(sessionsOf(families, SERVER), 1)
      server.child.stdin?.end()
      await server.metricsWhen((families) => sessionsOf(families, SERVER) === 0)
      await server.stop()
    })
  }

  it('counts batches, messages without a response and cancelled calls, and nothing that is no client message', async () => {
    const server = await serve(
      `console.log('ready'); require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const message = JSON.parse(line)
        const responses = [message].flat().filter(({ id, method }) => method === 'ping' && id !== undefined)
          .map(({ id }) => ({ jsonrpc: '2.0', id, result: {} }))
        if (responses.length > 0) console.log(JSON.stringify(Array.isArray(message) ? responses : responses[0]))
        console.log('a line of a log, which has no place here'); console.log('{"jsonrpc":"2.0","id":"x","method":"sampling/createMessage"}') })
      setInterval(() => {}, 1000)`,
    )
    const batch = [
      { jsonrpc: '2.0', id: 'a', method: 'ping' },
      { jsonrpc: '2.0', id: 1.5, method: 'ping' },
      { jsonrpc: '2.0', method: 'notifications/progress' },
    ]
    server.writeLine(JSON.stringify(batch))
    server.writeLine(message('tools/call', 1, { name: 'slow' }).trim())
    server.writeLine(message('notifications/cancelled', undefined, { requestId: 1 }).trim())
    server.writeLine('{"jsonrpc":"2.0","id":"x","result":{}}')
    server.writeLine(message('ping', 'last').trim())
    const families = await server.metricsWhen((families) => requestsOf(families, SERVER).rows['ping|||ok'] === 3)
    assert.deepEqual(requestsOf(families, SERVER).rows, {
      'ping|||ok': 3,
      'notifications/progress|||none': 1,
      'tools/call|tool|_OTHER|none': 1,
      'notifications/cancelled|||none': 1,
    })
    await server.stop()
  })

  it('is not observed when its first line is no message of an MCP client', async () => {
    // The program looks for our taps when it reads a second chunk, which comes after the first one was observed.
    const code = `console.log('ready')
      process.stdin.once('data', () => { console.log('read first')
        process.stdin.once('data', () => console.log(Object.hasOwn(process.stdin, 'push'), Object.hasOwn(process.stdout, '_write'))) })`
    const server = await start(code)
    server.child.stdin?.write(message('textDocument/didOpen', 1) + INITIALIZE)
    await server.line(/^read first$/)
    server.child.stdin?.write(message('textDocument/didClose', 2))
    await server.line(/^false false$/)
    assert.equal((await server.metrics()).get(SESSIONS)?.samples.length, 0)
    await server.stop()
  })
})

describe('an MCP client over stdio', () => {
  /** A client that evaluates each line of its stdin, with servers that respond to all but `slow` and end with their input. */
  const code = `
    const server = "require('readline').createInterface({ input: process.stdin }).on('line', (line) => { const { id, method } = JSON.parse(line); if (method !== 'slow') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: {} })) })"
    const children = []
    const ask = (child, message) => new Promise((resolve) => { child.stdout.once('data', resolve); child.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n') })
    const begin = async () => { const child = require('child_process').spawn(process.execPath, ['-e', server]); children.push(child); await ask(child, { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } }); return child }
    require('readline').createInterface({ input: process.stdin }).on('line', async (line) => { await eval('(async () => {' + line + '})()'); console.log('done ' + line) })
    console.log('ready')`

  it('has a session from its initialize until the client or the server ends it', async () => {
    const client = await start(code)
    const does = async (line: string) => {
      client.writeLine(line)
      await client.line(new RegExp(`^done ${line.replace(/[^\w ]/g, '\\$&')}$`))
    }
    const sessions = (count: number) => client.metricsWhen((families) => sessionsOf(families, CLIENT) === count)
    assert.equal((await client.metrics()).get(SESSIONS)?.samples.length, 0)
    await does('await begin(); await begin(); await begin(); await begin()')
    await sessions(4)
    await does("await ask(children[0], { id: 1, method: 'ping' }); children[0].stdin.end()")
    await sessions(3)
    await does(
      "children[1].stdin.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'slow' }) + '\\\\n')".replace(
        '\\\\',
        '\\',
      ),
    )
    await does("children[1].kill('SIGKILL')")
    await sessions(2)
    await does('children[2].stdout.destroy(); children[2].stdin.destroy()')
    await sessions(1)
    await does("await new Promise((resolve) => { children[3].on('close', resolve); children[3].kill() })")
    const families = await sessions(0)
    assert.deepEqual(requestsOf(families, CLIENT).rows, { 'initialize|||ok': 4, 'ping|||ok': 1, '_OTHER|||none': 1 })
    await client.stop()
  })
})

describe('an MCP client whose server over stdio does not run', () => {
  it('counts its messages as without a response, and has no session left', async () => {
    const client = await start(`
      const { spawn } = require('child_process')
      const closed = (child) => new Promise((resolve) => { child.on('error', () => {}); child.stdin.on('error', () => {}); child.on('close', resolve) })
      const initialize = (child) => { child.stdin?.write(${JSON.stringify(INITIALIZE)}); return closed(child) }
      Promise.all([spawn('no-such-program'), spawn(process.execPath, ['-e', '0']), spawn(process.execPath, ['-e', 'process.stdin.once("data", () => process.exit(1))'])].map(initialize))
        .then(() => console.log('closed'))
      console.log('ready'); setInterval(() => {}, 1000)`)
    await client.line(/^closed$/)
    const families = await client.metricsWhen((families) => sessionsOf(families, CLIENT) === 0)
    // Node.js gives a child a stdin even if its program does not exist.
    assert.deepEqual(requestsOf(families, CLIENT).rows, { 'initialize|||none': 3 })
    await client.stop()
  })
})

describe('an MCP server over stdio whose first line is long', () => {
  it('is counted from that line on, and so is its client', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const call = `(id, length) => JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call',
      params: { name: 'echo', arguments: { text: 'y'.repeat(length) }, _meta: ${JSON.stringify(_meta)} } }) + '\\n'`
    const client = await start(`
      const server = require('child_process').spawn(process.execPath, ['--import', ${JSON.stringify(REGISTER)}, ${JSON.stringify(app('stdio-sdk.js'))}], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, SDK: '2' } })
      const call = ${call}
      const lines = require('readline').createInterface({ input: server.stdout })
      const lengths = [300_000, 10, 2_000_000, 10]
      let id = 0
      const next = () => id < lengths.length ? server.stdin.write(call(id, lengths[id++])) : console.log('done')
      lines.on('line', (line) => { if (JSON.parse(line).result === undefined) console.log(line); next() })
      next(); console.log('ready')`)
    await client.line(/^done$/)
    const urls = [...client.stderr().matchAll(/http:\S+\/metrics/g)].map(([url]) => url)
    const expected = { 'tools/call|tool|echo|ok': 4 }
    assert.equal(urls.length, 2)
    const ofClient = await client.metricsWhen((families) => requestsOf(families, CLIENT).total === 4)
    assert.deepEqual([requestsOf(ofClient, CLIENT).rows, sessionsOf(ofClient, CLIENT)], [expected, 1])
    const scraped = await Promise.all(urls.map(scrape))
    const ofServer = scraped.find((families) => requestsOf(families, SERVER).total > 0) ?? assert.fail()
    assert.deepEqual([requestsOf(ofServer, SERVER).rows, sessionsOf(ofServer, SERVER)], [expected, 1])
    await client.stop()
  })
})

describe('stdio servers that run at the same time', () => {
  const startServer = (port: string): RunningProcess =>
    startProcess(NODE, ['--import', REGISTER, app('stdio-sdk.js')], {
      env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: port },
    })

  it('write at most one line each on stderr, and no line of ours on stdout, when the port is taken', async () => {
    const first = await start("console.log('ready'); setInterval(() => {}, 1000)")
    const { port } = new URL(/http:\S+/.exec(first.stderr())?.[0] ?? '')
    const servers = Array.from({ length: 4 }, () => startServer(port))
    for (const server of servers) {
      server.child.stdin?.write(INITIALIZE)
      await server.line(/"id":0/)
      server.child.stdin?.end(message('ping', 1))
      await server.exit()
      for (const line of server.stdout().trim().split('\n')) assert.equal(JSON.parse(line).jsonrpc, '2.0')
      assert.ok(server.stderr().split('\n').length <= 2, server.stderr())
    }
    await first.stop()
  })

  it('can each have a port of their own, whose URL is on stderr', async () => {
    const server = startServer('0')
    const [url] = await server.line(/http:\S+/, 'stderr')
    server.child.stdin?.write(INITIALIZE)
    const families = await scrapeUntil(
      () => scrape(url),
      (families) => requestsOf(families, SERVER).total === 1,
    )
    assert.equal(sessionsOf(families, SERVER), 1)
    server.child.stdin?.end()
    await server.exit()
  })
})
