import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'

/** What a process did: all that the world sees of it. */
interface Ran {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

interface Run {
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Sent when the app has written something. */
  readonly kill?: NodeJS.Signals
}

async function run(code: string, { flags = [], env = {}, kill }: Run = {}): Promise<Ran> {
  const child = spawn(NODE, [...flags, '-e', code], {
    env: { PATH: process.env.PATH ?? '', OTEL_EXPORTER_PROMETHEUS_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  if (kill) child.stdout.once('data', () => child.kill(kill))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code: exitCode, signal, stdout, stderr }
}

const OURS = /^agentgateway-otel: .*\n/gm
const PRELOADS = [
  ['--import', REGISTER],
  ['--require', REGISTER],
] as const

/** An app's work, and what it leaves behind, of every kind. */
const APPS: Readonly<Record<string, { code: string; kill?: NodeJS.Signals }>> = {
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
  'that looks for what was changed': {
    code: `console.log(JSON.stringify({
      globals: Object.keys(globalThis), otel: Object.getOwnPropertySymbols(globalThis).filter((s) => String(s).includes('opentelemetry')).length,
      signals: ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'].map((s) => process.listenerCount(s)),
      exits: ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'warning'].map((s) => process.listenerCount(s)),
      fetch: fetch.toString(), request: require('http').request.toString(), emit: require('http').Server.prototype.emit.name,
      argv: process.execArgv.length > 0, env: Object.keys(process.env).length, title: process.title,
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
    for (const [what, { code, kill }] of Object.entries(APPS)) {
      it(`${what}: ends as it does without, and writes the same`, async () => {
        const options = kill ? { kill } : {}
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
    const { stderr } = await run('setTimeout(() => {}, 500)', { flags: [...flags, ...flags, '--require', REGISTER] })
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
