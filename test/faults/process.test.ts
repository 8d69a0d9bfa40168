import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { REGISTER_CJS, scrape } from '../harness/app.ts'
import { freePort } from '../harness/free-port.ts'
import type { RunningProcess } from '../harness/process.ts'
import { until } from '../harness/until.ts'
import { emptyLike, OURS, PRELOADS, type RunOptions, run } from './run.ts'

/** An app that runs until its stdin ends. */
const RUNS_UNTIL_STDIN_ENDS = 'process.stdin.on("end", () => console.log("went on")).resume()'

/** Code that evaluates this expression when the event loop has turned so often. */
const afterTurns = (expression: string, turns = 50) =>
  `((turn) => turn(turn, ${turns}))((turn, left) => left === 0 ? ${expression} : setImmediate(turn, turn, left - 1))`

/** Waits for the preload's line with the URL of the metrics, and returns the URL. */
const announced = (running: RunningProcess) => running.line(/http:\S+\/metrics/, 'stderr')

/** Apps that end in every way, and that look for every change a preload could make. */
const APPS: Readonly<Record<string, { readonly code: string } & Pick<RunOptions, 'kill' | 'stdin'>>> = {
  'that does nothing': { code: '' },
  'that works for a moment': { code: 'setTimeout(() => console.log("done"), 20)' },
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
  'that is ended by SIGTERM': { code: 'setInterval(() => {}, 1000); console.log("up")', kill: 'SIGTERM' },
  'that is ended by SIGINT': { code: 'setInterval(() => {}, 1000); console.log("up")', kill: 'SIGINT' },
  'that handles SIGTERM': {
    code: 'const t = setInterval(() => {}, 1000); process.on("SIGTERM", () => { console.log("bye"); clearInterval(t) }); console.log("up")',
    kill: 'SIGTERM',
  },
  'that has a listener for unhandled rejections': {
    code: 'process.on("unhandledRejection", (reason) => console.log("reason", reason)); Promise.reject("the app\'s own")',
  },
  'that has listeners for uncaught exceptions': {
    code: `process.on('uncaughtExceptionMonitor', (error) => console.log('monitor', error.message))
      process.on('uncaughtException', (error, origin) => { console.log(origin, error.message); process.exitCode = 5 })
      setImmediate(() => { throw new Error("the app's own") })`,
  },
  'that has listeners for its end': {
    code: `for (const name of ['beforeExit', 'exit', 'disconnect', 'warning']) process.on(name, (code) => console.log(name, code))
      process.once('beforeExit', () => setImmediate(() => console.log('once more')))
      process.prependListener('exit', () => console.log('first'))`,
  },
  'that is aborted by SIGABRT': { code: 'console.log("up"); setInterval(() => {}, 1000)', kill: 'SIGABRT' },
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
  'that lists its open handles, requests and resources': {
    // The preload's line has been written by the end of stdin.
    code: `process.stdin.on('end', () => ${afterTurns('console.log(process.getActiveResourcesInfo(), process._getActiveHandles().length, process._getActiveRequests().length)')}).resume()`,
    stdin: '',
  },
  'that reads its stdin': {
    code: 'process.stdin.setEncoding("utf8").on("data", (text) => console.log("read", text)).on("end", () => console.log("end"))',
    stdin: 'one two\n',
  },
  'that does not read its stdin': { code: 'console.log(process.stdin.listenerCount("end"))', stdin: 'one two\n' },
  'that looks for changed globals, listeners, streams and functions': {
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

/** A preload that makes Node.js report an older version than it has. */
let olderNode: string

before(async () => {
  olderNode = join(await mkdtemp(join(tmpdir(), 'agentgateway-otel-')), 'older-node.cjs')
  const versions = "{ value: { ...process.versions, node: '22.14.0' } }"
  await writeFile(olderNode, `Object.defineProperty(process, 'versions', ${versions})`)
})

for (const preload of PRELOADS) {
  describe(`an app under ${preload[0]}`, () => {
    for (const [what, { code, ...options }] of Object.entries(APPS)) {
      it(`${what} ends as it does without the preload, and writes the same`, async () => {
        const without = await run(code, { ...options, flags: emptyLike(preload) })
        const withPreload = await run(code, {
          ...options,
          flags: preload,
          ...('stdin' in options && { beforeStdinEnds: announced }),
        })
        assert.deepEqual({ ...withPreload, stderr: withPreload.stderr.replace(OURS, '') }, without)
      })
    }
  })
}

/** Waits for the preload's line with the URL of the metrics, and scrapes that URL. */
async function scraped(running: RunningProcess): Promise<void> {
  const [url] = await announced(running)
  await scrape(url)
}

describe('the line on stderr', () => {
  const [flags] = PRELOADS

  it('has the version and the URL, and is written once, even when the flag is given twice', async () => {
    const { stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
      flags: [...flags, ...flags, '--require', REGISTER_CJS],
      beforeStdinEnds: scraped,
    })
    assert.match(
      stderr,
      /^agentgateway-otel: \d+\.\d+\.\d+, metrics on http:\/\/(?:localhost|127\.0\.0\.1):\d+\/metrics\n$/,
    )
  })

  it('is not written when OTEL_LOG_LEVEL is error or none', async () => {
    for (const level of ['error', 'none']) {
      const port = String(await freePort())
      const { stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
        flags,
        env: { OTEL_LOG_LEVEL: level, OTEL_EXPORTER_PROMETHEUS_PORT: port },
        // The line would have been written before the endpoint responds.
        beforeStdinEnds: () => until(() => scrape(`http://127.0.0.1:${port}/metrics`).catch(() => undefined)),
      })
      assert.equal(stderr, '')
    }
  })

  it('reports that the preload is off, and nothing listens, when OTEL_SDK_DISABLED is true', async () => {
    const code = afterTurns(
      'console.log(process.getActiveResourcesInfo().filter((name) => /Server/.test(name)).length)',
    )
    const { stdout, stderr } = await run(code, { flags, env: { OTEL_SDK_DISABLED: 'true' } })
    assert.match(stderr, /^agentgateway-otel: .*off.*OTEL_SDK_DISABLED.*\n$/)
    assert.equal(stdout, '0\n')
  })

  it('names the port that is taken and the variable to set, and the app keeps running', async () => {
    const taken = net.createServer().listen(0, '0.0.0.0')
    await once(taken, 'listening')
    const port = String((taken.address() as net.AddressInfo).port)
    const ran = await run(RUNS_UNTIL_STDIN_ENDS, {
      flags,
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: port },
      beforeStdinEnds: (running) => running.line(/^agentgateway-otel: /, 'stderr'),
    })
    taken.close()
    assert.deepEqual([ran.code, ran.stdout], [0, 'went on\n'])
    assert.match(ran.stderr, new RegExp(`^agentgateway-otel: port ${port} .*OTEL_EXPORTER_PROMETHEUS_PORT.*\n$`))
  })

  it('names a host that this machine does not have, and the variable to set', async () => {
    const { code, stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
      flags,
      env: { OTEL_EXPORTER_PROMETHEUS_HOST: '192.0.2.1' },
      beforeStdinEnds: (running) => running.line(/^agentgateway-otel: /, 'stderr'),
    })
    assert.equal(code, 0)
    assert.match(stderr, /^agentgateway-otel: .*192\.0\.2\.1.*EADDRNOTAVAIL.*OTEL_EXPORTER_PROMETHEUS_HOST.*\n$/)
  })
})

describe('the port of the metrics', () => {
  for (const host of ['', '127.0.0.1', '::1']) {
    it(`is bound before the app's first line runs, ${host === '' ? 'without a host' : `with the host ${host}`}`, async () => {
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

describe('a line on stderr that quotes the environment', () => {
  const HOSTILE = 'x\nagentgateway-otel: forged \u001b[31m\u009b31m\u007f\u202e\r\u2028'
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
    it(`stays one line without control characters, whatever the value of ${name}`, async () => {
      const env = { OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()), [name]: HOSTILE }
      const { stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
        flags: PRELOADS[0],
        env,
        beforeStdinEnds: (running) => running.line(/forged/, 'stderr'),
      })
      for (const line of stderr.split('\n').slice(0, -1)) assert.match(line, /^agentgateway-otel: (?!forged)[ -~…]*$/)
    })
  }

  it('names a TMPDIR in which processes cannot find each other, and the variable to set, and the app keeps running', async () => {
    const TMPDIR = '/not-there\u001b[31m\nforged'
    const { code, stdout, stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
      flags: PRELOADS[0],
      env: { OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()), TMPDIR },
      beforeStdinEnds: (running) => Promise.all([running.line(/cannot find each other/, 'stderr'), scraped(running)]),
    })
    assert.deepEqual([code, stdout], [0, 'went on\n'])
    assert.match(
      stderr,
      /^agentgateway-otel: the processes of this app cannot find each other.*not-there\\u001b\[31m\\u000aforged.*; set TMPDIR to .*$/m,
    )
    assert.equal(stderr.split('\n').length, 3, stderr)
  })
})

describe('AGENTGATEWAY_PER_PROCESS with a value that is neither true nor false', () => {
  it('is named on stderr, with its value, in one line', async () => {
    const { stderr } = await run(RUNS_UNTIL_STDIN_ENDS, {
      flags: PRELOADS[0],
      env: { AGENTGATEWAY_PER_PROCESS: 'yes' },
      beforeStdinEnds: scraped,
    })
    const [problem, ...others] = stderr.match(OURS) ?? []
    assert.equal(problem, 'agentgateway-otel: AGENTGATEWAY_PER_PROCESS="yes" is not true or false; using false\n')
    assert.equal(others.length, 1, stderr)
  })
})

describe('a Node.js that is too old', () => {
  it('runs the app unchanged, after one line on stderr', async () => {
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(afterTurns('console.log("unchanged")'), {
        flags: ['--require', olderNode, ...preload],
      })
      assert.deepEqual([code, stdout], [0, 'unchanged\n'])
      assert.match(stderr, /^agentgateway-otel: Node\.js 22\.14\.0 .*22\.15.*\n$/)
    }
  })
})
