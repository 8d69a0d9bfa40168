import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type App, type AppOptions, NODE, REGISTER, scrape, scrapeUntil, startApp } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { requestsOf, SESSIONS, sessionsOf } from './counts.ts'

const app = (name: string) => fileURLToPath(new URL(`apps/${name}`, import.meta.url))
/** Of a stack trace: what is called within `push` has one of ours in it. */
const FRAMES = /^ {4}at .*\n/gm
const OURS = /^agentgateway-otel: .*\n/gm
const SERVER = { role: 'server', transport: 'stdio' } as const
const CLIENT = { role: 'client', transport: 'stdio' } as const

const message = (method: string, id?: unknown, params: object = {}) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`
const INITIALIZE = message('initialize', 0, {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
})

let directory: string
/** A preload that does nothing: what ours must be like, as any preload changes stack traces. */
let empty: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-stdio-'))
  empty = join(directory, 'empty.cjs')
  await writeFile(empty, '')
})
after(async () => {
  await Promise.all(running.map((app) => app.stop()))
  await rm(directory, { recursive: true })
})

const running: App[] = []
/** Starts a program that is given as text. */
async function start(code: string, options: AppOptions = {}): Promise<App> {
  const app = await startApp('-e', { ...options, args: [code] })
  running.push(app)
  return app
}

interface Stdin {
  /** Written at once, before the end. Default: nothing. */
  readonly input?: string | Buffer
  /** A file or nothing in place of a pipe. */
  readonly from?: 'file' | 'ignore'
  /** Sent when the app has written something, in place of the input's end. */
  readonly kill?: NodeJS.Signals
}

/** Runs a program to its end: all that the world sees of it. */
async function run(args: readonly string[], preload: string, { input = '', from, kill }: Stdin) {
  const path = join(directory, `input-${process.hrtime.bigint()}`)
  await writeFile(path, input)
  const file = await open(path)
  const child = spawn(NODE, ['--require', preload, ...args], {
    env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
    stdio: [from === 'file' ? file.fd : (from ?? 'pipe'), 'pipe', 'pipe'],
  }) as ChildProcessByStdio<Writable | null, Readable, Readable>
  child.stdin?.on('error', () => {})
  child.stdin?.write(input)
  if (kill) child.stdout.once('data', () => child.kill(kill))
  else child.stdin?.end()
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
  const [code, signal] = await closed
  await file.close()
  return {
    code,
    signal,
    stdout: stdout.toString('latin1'),
    stderr: stderr.toString().replace(OURS, '').replace(FRAMES, ''),
  }
}

/** What a program may do with its stdin and stdout. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'never touches them': 'setTimeout(() => {}, 50)',
  'only touches stdin': 'process.stdin; setTimeout(() => console.log(process.stdin.readableFlowing), 50)',
  'reads stdin to its end': 'process.stdin.on("data", (d) => process.stdout.write(d))',
  'pipes stdin to stdout': 'process.stdin.pipe(process.stdout)',
  'reads in paused mode': `process.stdin.on('readable', () => { for (let c; (c = process.stdin.read(7)) ?? (c = process.stdin.read());) process.stdout.write(c) })`,
  'iterates over stdin':
    'import("node:process").then(async ({ stdin }) => { for await (const c of stdin.setEncoding("utf8")) process.stdout.write(c) })',
  'reads lines':
    'require("readline").createInterface({ input: process.stdin }).on("line", (l) => console.log(l.length)).on("close", () => console.log("closed"))',
  'reads one chunk and leaves':
    'process.stdin.once("data", (d) => { process.stdout.write(d.subarray(0, 10)); process.stdin.destroy() })',
  'reads one chunk, pauses and leaves':
    'process.stdin.once("data", () => { process.stdin.pause(); console.log("paused") })',
  'unrefs stdin': 'process.stdin.on("data", () => {}); process.stdin.unref?.(); console.log("unref")',
  'reads the descriptor': 'require("fs").writeSync(1, String(require("fs").readFileSync(0).length))',
  'writes to the descriptor what is larger than a pipe':
    'require("fs").readFileSync(0); require("fs").writeSync(1, "x".repeat(30000)); console.log(process.stdin.fd)',
  'replaces what writes to stdout': `const write = process.stdout.write; process.stdout.write = function (...args) { return write.call(this, '> ' + args[0]) }
    let length = 0
    process.stdin.on('data', (d) => { if (length === 0) console.log('begun'); length += d.length }).on('end', () => console.log(length))`,
  'looks at what was changed': `const before = ['stdin', 'stdout'].map((name) => Object.getOwnPropertyDescriptor(process, name))
    console.log(before.map((d) => [typeof d.get, d.set, d.enumerable, d.configurable]), Object.keys(process).length)
    const { stdin, stdout } = process
    const after = ['stdin', 'stdout'].map((name) => Object.getOwnPropertyDescriptor(process, name))
    console.log(after.map((d) => d.get.name), process.stdin === stdin, process.stdout === stdout)
    const look = () => console.log(stdin.readableFlowing, stdin.isPaused(), stdin.listenerCount('data'), stdin.listenerCount('end'),
      stdin.eventNames().map(String), stdout.eventNames().map(String), Object.keys(stdin).length, Object.keys(stdout).length,
      stdout.write === require('stream').Writable.prototype.write, stdin.constructor.name, stdout.constructor.name)
    look(); setTimeout(look, 50)`,
  'shows the whole of a child process': `const child = require('child_process').spawn('cat')
    console.log(Object.keys(child).join(), Object.keys(child.stdin).join(), Object.hasOwn(child, 'spawn'), child.eventNames().map(String))
    child.stdin.write('hello\\n'); child.stdout.on('data', (d) => { console.log(String(d)); child.stdin.end() })
    child.on('close', (...args) => console.log(args))`,
  'starts children': `const { execFileSync, execFile, spawnSync, spawn } = require('child_process')
    console.log(String(execFileSync('cat', { input: 'sync' })), String(spawnSync('echo', ['x']).stdout))
    const ended = (child) => new Promise((resolve) => child.on('close', resolve))
    const steps = async () => {
      await new Promise((resolve) => execFile('cat', (error, out) => resolve(console.log('execFile', error, out))).stdin.end('from execFile'))
      const none = spawn('no-such-program'); none.on('error', (error) => console.log(error.code)); await ended(none)
      const inheriting = spawn('cat', { stdio: ['pipe', 'inherit', 'inherit'] }); inheriting.stdin.end('inherited\\n'); await ended(inheriting)
      const big = spawn('cat'); let n = 0; big.stdout.on('data', (d) => { n += d.length }); big.stdin.end(Buffer.alloc(5e6, 10)); await ended(big); console.log(n)
    }
    steps()`,
}

const INPUTS: Readonly<Record<string, Stdin>> = {
  'a short pipe': { input: 'one\ntwo\n' },
  'an empty pipe': {},
  'a pipe with 3 MB of no lines': { input: Buffer.alloc(3e6, 0xff) },
  'a conversation with an MCP server': { input: INITIALIZE + message('ping', 1).repeat(2000) },
  'a file': { input: INITIALIZE + message('ping', 1), from: 'file' },
  'no stdin': { from: 'ignore' },
}

for (const [what, code] of Object.entries(PROGRAMS)) {
  describe(`a program that ${what}`, () => {
    for (const [input, stdin] of Object.entries(INPUTS)) {
      it(`writes and ends with ${input} as it does without the flag`, async () => {
        const [watched, bare] = await Promise.all([REGISTER, empty].map((preload) => run(['-e', code], preload, stdin)))
        assert.deepEqual(watched, bare)
      })
    }
  })
}

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
      'when it is asked to end': { input: conversation, kill: 'SIGTERM' },
      'when it is interrupted': { input: conversation, kill: 'SIGINT' },
    } satisfies Record<string, Stdin>)) {
      it(`of ${what} says and ends the same ${how}`, async () => {
        const [watched, bare] = await Promise.all([REGISTER, empty].map((preload) => run(args, preload, stdin)))
        // What had been said by the signal's arrival differs from run to run.
        const kept = ({ code, signal, stdout, stderr }: Awaited<ReturnType<typeof run>>) =>
          'kill' in stdin ? { code, signal } : { code, signal, stdout, stderr }
        assert.deepEqual(kept(watched ?? assert.fail()), kept(bare ?? assert.fail()))
      })
    }
  }

  /** A server whose client is the test. */
  async function serve(code: string, env: Readonly<Record<string, string>> = {}) {
    const server = await start(code, { env })
    server.child.stdin?.write(INITIALIZE)
    return server
  }

  const ANSWER = `(line) => { const { id, method } = JSON.parse(line)
    return id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result: { method, serverInfo: { name: 'hand-made' } } }) + '\\n' }`

  for (const [how, code] of Object.entries({
    'writes through what it kept of a stdout that it replaced': `const write = process.stdout.write.bind(process.stdout); process.stdout.write = () => true
      require('readline').createInterface({ input: process.stdin }).on('line', (line) => write((${ANSWER})(line)))`,
    'writes bytes, in pieces': `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      for (const byte of Buffer.from((${ANSWER})(line))) process.stdout.write(Buffer.of(byte)) })`,
    'collects what it writes': `process.stdout.cork(); require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      process.stdout.write((${ANSWER})(line)); process.nextTick(() => { process.stdout.uncork(); process.stdout.cork() }) })`,
    'is piped': `const { Transform } = require('stream'); let rest = ''
      process.stdin.pipe(new Transform({ transform(chunk, _, done) { const lines = (rest + chunk).split('\\n'); rest = lines.pop()
        done(null, lines.map(${ANSWER}).join('')) } })).pipe(process.stdout)`,
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

  it('counts what comes to no answer, what is cancelled, batches, and no more than that', async () => {
    const server = await serve(
      `console.log('ready'); require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const message = JSON.parse(line)
        const answers = [message].flat().filter(({ id, method }) => method === 'ping' && id !== undefined)
          .map(({ id }) => ({ jsonrpc: '2.0', id, result: {} }))
        if (answers.length > 0) console.log(JSON.stringify(Array.isArray(message) ? answers : answers[0]))
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

  it('is left alone when the first line is no client’s', async () => {
    const code = `console.log('ready'); process.stdin.on('data', (d) => { console.log('read'); process.stdout.write(d) })
      setTimeout(() => console.log(Object.hasOwn(process.stdin, 'push'), Object.hasOwn(process.stdout, '_write')), 500)`
    const server = await start(code)
    server.child.stdin?.write(message('textDocument/didOpen', 1) + INITIALIZE)
    await server.line(/^read$/)
    await server.line(/^false false$/)
    assert.equal((await server.metrics()).get(SESSIONS)?.samples.length, 0)
    await server.stop()
  })
})

describe('an MCP client over stdio', () => {
  /** A client of a server that answers `ping` and ends with its input, or is killed. */
  const code = `
    const server = "require('readline').createInterface({ input: process.stdin }).on('line', (line) => { const { id, method } = JSON.parse(line); if (method !== 'slow') console.log(JSON.stringify({ jsonrpc: '2.0', id, result: {} })) })"
    const children = []
    const ask = (child, message) => new Promise((resolve) => { child.stdout.once('data', resolve); child.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n') })
    const begin = async () => { const child = require('child_process').spawn(process.execPath, ['-e', server]); children.push(child); await ask(child, { id: 0, method: 'initialize', params: { protocolVersion: '2025-06-18' } }); return child }
    require('readline').createInterface({ input: process.stdin }).on('line', async (line) => { await eval('(async () => {' + line + '})()'); console.log('done ' + line) })
    console.log('ready')`

  it('has a session from its initialize on, until it or the server ends it', async () => {
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

describe('a client whose server over stdio does not run', () => {
  it('counts what it said without an answer, and has no session left', async () => {
    const client = await start(`
      const { spawn } = require('child_process')
      const closed = (child) => new Promise((resolve) => { child.on('error', () => {}); child.stdin.on('error', () => {}); child.on('close', resolve) })
      const say = (child) => { child.stdin?.write(${JSON.stringify(INITIALIZE)}); return closed(child) }
      Promise.all([spawn('no-such-program'), spawn(process.execPath, ['-e', '0']), spawn(process.execPath, ['-e', 'process.stdin.once("data", () => process.exit(1))'])].map(say))
        .then(() => console.log('closed'))
      console.log('ready'); setInterval(() => {}, 1000)`)
    await client.line(/^closed$/)
    const families = await client.metricsWhen((families) => sessionsOf(families, CLIENT) === 0)
    // Node gives a program that there is not a stdin too.
    assert.deepEqual(requestsOf(families, CLIENT).rows, { 'initialize|||none': 3 })
    await client.stop()
  })
})

describe('a server over stdio whose first line is long', () => {
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

describe('many stdio servers at once', () => {
  it('say no more than one line each on stderr, and nothing on stdout, when they find the port taken', async () => {
    const first = await start("console.log('ready'); setInterval(() => {}, 1000)")
    const port = new URL(/http:\S+/.exec(first.stderr())?.[0] ?? '').port
    const env = { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: port }
    const ran = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(NODE, ['--import', REGISTER, app('stdio-sdk.js')], { env, stdio: 'pipe' })
        child.stdin.write(INITIALIZE)
        const [answer] = await once(child.stdout, 'data')
        child.stdin.end(message('ping', 1))
        const [stdout, stderr] = await Promise.all([buffer(child.stdout), buffer(child.stderr)])
        return { stdout: `${answer}${stdout}`, stderr: stderr.toString() }
      }),
    )
    for (const { stdout, stderr } of ran) {
      for (const line of stdout.trim().split('\n')) assert.equal(JSON.parse(line).jsonrpc, '2.0')
      assert.ok(stderr.split('\n').length <= 2, stderr)
    }
    await first.stop()
  })

  it('can each have a port of their own, and tell which', async () => {
    const child = spawn(NODE, ['--import', REGISTER, app('stdio-sdk.js')], {
      env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
      stdio: 'pipe',
    })
    const [line] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string]
    child.stdin.write(INITIALIZE)
    await once(child.stdout, 'data')
    const url = /http:\S+/.exec(line)?.[0] ?? assert.fail(line)
    const families = await scrapeUntil(
      () => scrape(url),
      (families) => requestsOf(families, SERVER).total === 1,
    )
    assert.equal(sessionsOf(families, SERVER), 1)
    child.stdin.end()
    await once(child, 'close')
  })
})
