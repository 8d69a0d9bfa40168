import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { REGISTER_CJS } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import { OURS, PRELOADS, type Run, run } from './run.ts'

/** An app's work, and what it leaves behind, of every kind. */
const APPS: Readonly<Record<string, { readonly code: string } & Pick<Run, 'kill' | 'stdin'>>> = {
  'that does nothing': { code: '' },
  'that has a bit to do': { code: 'setTimeout(() => console.log("done"), 20)' },
  'that sets its exit code': { code: 'process.exitCode = 3; console.log("three")' },
  'that exits': { code: 'process.on("exit", (code) => console.log("exit", code)); process.exit(4)' },
  'that throws': { code: 'console.log("before"); throw new Error("the app\'s own")' },
  'that rejects': { code: 'Promise.reject(new Error("the app\'s own"))' },
  'that serves and closes': {
    code: `const s = require('http').createServer((q, r) => r.end('x')).listen(0, '127.0.0.1', async () => {
      console.log(await (await fetch('http://127.0.0.1:' + s.address().port, { headers: { connection: 'close' } })).text())
      s.close()
    })`,
  },
  'that is asked to end': { code: 'setInterval(() => {}, 1000); console.log("up")', kill: 'SIGTERM' },
  'that is interrupted': { code: 'setInterval(() => {}, 1000); console.log("up")', kill: 'SIGINT' },
  'that handles its signal': {
    code: 'const t = setInterval(() => {}, 1000); process.on("SIGTERM", () => { console.log("bye"); clearInterval(t) }); console.log("up")',
    kill: 'SIGTERM',
  },
  'that rejects and hears of it': {
    code: 'process.on("unhandledRejection", (reason) => console.log("heard", reason)); Promise.reject("the app\'s own")',
  },
  'that throws and hears of it': {
    code: `process.on('uncaughtExceptionMonitor', (error) => console.log('monitor', error.message))
      process.on('uncaughtException', (error, origin) => { console.log(origin, error.message); process.exitCode = 5 })
      setImmediate(() => { throw new Error("the app's own") })`,
  },
  'that watches its end': {
    code: `for (const name of ['beforeExit', 'exit', 'disconnect', 'warning']) process.on(name, (code) => console.log(name, code))
      process.once('beforeExit', () => setImmediate(() => console.log('once more')))
      process.prependListener('exit', () => console.log('first'))`,
  },
  'that aborts': { code: 'console.log("up"); setInterval(() => {}, 1000)', kill: 'SIGABRT' },
  'that has a worker thread': {
    code: `const { Worker } = require('worker_threads')
      const worker = new Worker("const { parentPort, threadId } = require('worker_threads'); parentPort.postMessage(threadId); process.exitCode = 3", { eval: true })
      worker.on('message', (id) => console.log('worker', id)).on('error', console.log).on('exit', (code) => console.log('ended', code))`,
  },
  'that has children': {
    code: `const { execFileSync, spawnSync } = require('child_process')
      console.log(String(execFileSync(process.execPath, ['-p', '6 * 7'])))
      console.log(spawnSync(process.execPath, [...process.execArgv.filter((flag) => flag !== '-e').slice(0, 2), '-e', 'process.exit(9)']).status)`,
  },
  'that looks at what is open': {
    code: `setTimeout(() => console.log(process.getActiveResourcesInfo(), process._getActiveHandles().length, process._getActiveRequests().length), 300)`,
  },
  'that reads what it is told': {
    code: 'process.stdin.setEncoding("utf8").on("data", (text) => console.log("told", text)).on("end", () => console.log("end"))',
    stdin: 'one two\n',
  },
  'that does not read what it is told': { code: 'console.log(process.stdin.listenerCount("end"))', stdin: 'one two\n' },
  'that looks for what was changed': {
    code: `console.log(JSON.stringify({
      globals: Object.keys(globalThis), otel: Object.getOwnPropertySymbols(globalThis).filter((s) => String(s).includes('opentelemetry')).length,
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'].map((s) => process.listenerCount(s)),
      exits: ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning'].map((s) => process.listenerCount(s)),
      streams: ['stdin', 'stdout', 'stderr'].map((name) => 'get' in Object.getOwnPropertyDescriptor(process, name)),
      written: [process.stdout.write, process.stderr.write].map((write) => Object.hasOwn(write, 'name') && write.name),
      fetch: fetch.toString(), request: require('http').request.toString(), emit: require('http').Server.prototype.emit.name,
      argv: process.execArgv.length > 0, matched: [RegExp.lastMatch, RegExp.input, RegExp.$1], env: Object.keys(process.env).length, title: process.title,
    }))`,
  },
}

/** Preloads of one file each: nothing, and a Node.js that says it is older than it is. */
let empty: string
let pretend: string

before(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
  empty = join(directory, 'empty.cjs')
  pretend = join(directory, 'old.cjs')
  await writeFile(empty, '')
  const versions = "{ value: { ...process.versions, node: '22.14.0' } }"
  await writeFile(pretend, `Object.defineProperty(process, 'versions', ${versions})`)
})

for (const preload of PRELOADS) {
  describe(`an app under ${preload[0]}`, () => {
    for (const [what, { code, ...options }] of Object.entries(APPS)) {
      it(`${what}: ends as it does without, and writes the same`, async () => {
        // Any preload changes the stack traces that Node.js prints: an empty one is what ours must be like.
        const without = await run(code, { ...options, flags: [preload[0], empty] })
        const withFlag = await run(code, { ...options, flags: preload })
        assert.deepEqual({ ...withFlag, stderr: withFlag.stderr.replace(OURS, '') }, without)
      })
    }
  })
}

describe('the line on stderr', () => {
  const [flags] = PRELOADS

  it('says version and URL, once, also when the flag is given twice', async () => {
    const { stderr } = await run('setTimeout(() => {}, 500)', {
      flags: [...flags, ...flags, '--require', REGISTER_CJS],
    })
    assert.match(stderr, /^agentgateway-otel: \d+\.\d+\.\d+, metrics on http:\/\/localhost:\d+\/metrics\n$/)
  })

  it('is not there when OTEL_LOG_LEVEL is error or none', async () => {
    for (const level of ['error', 'none']) {
      const { stderr } = await run('setTimeout(() => {}, 500)', { flags, env: { OTEL_LOG_LEVEL: level } })
      assert.equal(stderr, '')
    }
  })

  it('says that it is off, and nothing listens, when OTEL_SDK_DISABLED is true', async () => {
    const code =
      'setTimeout(() => console.log(process.getActiveResourcesInfo().filter((n) => /Server/.test(n)).length), 200)'
    const { stdout, stderr } = await run(code, { flags, env: { OTEL_SDK_DISABLED: 'true' } })
    assert.match(stderr, /^agentgateway-otel: .*off.*OTEL_SDK_DISABLED.*\n$/)
    assert.equal(stdout, '0\n')
  })

  it('says which port is taken and what to set, and the app goes on', async () => {
    const taken = net.createServer().listen(0, '0.0.0.0')
    await once(taken, 'listening')
    const port = String((taken.address() as net.AddressInfo).port)
    const ran = await run('setTimeout(() => console.log("went on"), 500)', {
      flags,
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: port },
    })
    taken.close()
    assert.deepEqual([ran.code, ran.stdout], [0, 'went on\n'])
    assert.match(ran.stderr, new RegExp(`^agentgateway-otel: port ${port} .*OTEL_EXPORTER_PROMETHEUS_PORT.*\n$`))
  })

  it('says what is wrong with a host that is not of this machine', async () => {
    const { code, stderr } = await run('setTimeout(() => {}, 500)', {
      flags,
      env: { OTEL_EXPORTER_PROMETHEUS_HOST: '192.0.2.1' },
    })
    assert.equal(code, 0)
    assert.match(stderr, /^agentgateway-otel: .*192\.0\.2\.1.*EADDRNOTAVAIL.*OTEL_EXPORTER_PROMETHEUS_HOST.*\n$/)
  })
})

describe('the port', () => {
  for (const host of ['', '127.0.0.1', '::1']) {
    it(`is held when the app's first line runs, ${host === '' ? 'without a host' : `with the host ${host}`}`, async () => {
      const port = String(await freePort())
      const connect = `require('net').connect(${port}, '${host === '::1' ? host : '127.0.0.1'}').on('connect', () => process.exit(7))`
      const code = `console.log(require('child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(connect)}]).status)
        require('net').createServer().listen(${port}).on('error', (error) => { console.log(error.code); process.exit() })`
      for (const flags of PRELOADS) {
        const env = { OTEL_EXPORTER_PROMETHEUS_PORT: port, OTEL_EXPORTER_PROMETHEUS_HOST: host, OTEL_LOG_LEVEL: 'none' }
        const { stdout, stderr } = await run(code, { flags, env })
        assert.deepEqual([stdout, stderr], ['7\nEADDRINUSE\n', ''])
      }
    })
  }
})

describe('a line on stderr', () => {
  it('is one, and harmless to a terminal, whatever the environment says', async () => {
    const hostile = 'x\nagentgateway-otel: forged \u001b[31m\u009b31m\u007f\u202e\r\u2028'
    for (const name of [
      'OTEL_EXPORTER_PROMETHEUS_HOST',
      'OTEL_EXPORTER_PROMETHEUS_PORT',
      'OTEL_METRICS_EXPORTER',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'OTEL_RESOURCE_ATTRIBUTES',
      'OTEL_LOG_LEVEL',
      'AGENTGATEWAY_LLM_HOSTS',
      'AGENTGATEWAY_PER_PROCESS',
    ]) {
      const env = { [name]: hostile, OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()) }
      if (name === 'OTEL_EXPORTER_PROMETHEUS_PORT') env[name] = hostile
      const { stderr } = await run('setTimeout(() => {}, 500)', { flags: PRELOADS[0], env })
      const lines = stderr.split('\n').slice(0, -1)
      assert.ok(
        lines.some((line) => line.includes('forged')),
        `${name}: ${stderr}`,
      )
      for (const line of lines) assert.match(line, /^agentgateway-otel: (?!forged)[ -~…]*$/, name)
    }
  })

  it('says what to do where processes cannot meet, and the app goes on', async () => {
    const TMPDIR = '/not-there\u001b[31m\nforged'
    const env = { OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()), TMPDIR }
    const { code, stdout, stderr } = await run('setTimeout(() => console.log("went on"), 300)', {
      flags: PRELOADS[0],
      env,
    })
    assert.deepEqual([code, stdout], [0, 'went on\n'])
    assert.match(
      stderr,
      /^agentgateway-otel: the processes of this app cannot find each other.*not-there\\u001b\[31m\\u000aforged.*; set TMPDIR to .*$/m,
    )
    assert.equal(stderr.split('\n').length, 3, stderr)
  })
})

describe('a Node.js that is too old', () => {
  it('runs the app untouched, after one line', async () => {
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run('setTimeout(() => console.log("untouched"), 300)', {
        flags: ['--require', pretend, ...preload],
      })
      assert.deepEqual([code, stdout], [0, 'untouched\n'])
      assert.match(stderr, /^agentgateway-otel: Node\.js 22\.14\.0 .*22\.15.*\n$/)
    }
  })
})
