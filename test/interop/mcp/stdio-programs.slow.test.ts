import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_CJS, REGISTER_CJS } from '../../harness/app.ts'
import { INITIALIZE, message, runWithStdin, type Stdin } from './stdio-run.ts'

/** Programs, by what they do with their stdin and stdout. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'never uses stdin or stdout': 'setTimeout(() => {}, 50)',
  'only gets process.stdin': 'process.stdin; setTimeout(() => console.log(process.stdin.readableFlowing), 50)',
  'reads stdin to its end': 'process.stdin.on("data", (d) => process.stdout.write(d))',
  'pipes stdin to stdout': 'process.stdin.pipe(process.stdout)',
  'reads in paused mode': `process.stdin.on('readable', () => { for (let c; (c = process.stdin.read(7)) ?? (c = process.stdin.read());) process.stdout.write(c) })`,
  'iterates over stdin':
    'import("node:process").then(async ({ stdin }) => { for await (const c of stdin.setEncoding("utf8")) process.stdout.write(c) })',
  'reads lines':
    'require("readline").createInterface({ input: process.stdin }).on("line", (l) => console.log(l.length)).on("close", () => console.log("closed"))',
  'reads one chunk and destroys stdin':
    'process.stdin.once("data", (d) => { process.stdout.write(d.subarray(0, 10)); process.stdin.destroy() })',
  'reads one chunk and pauses stdin':
    'process.stdin.once("data", () => { process.stdin.pause(); console.log("paused") })',
  'unrefs stdin': 'process.stdin.on("data", () => {}); process.stdin.unref?.(); console.log("unref")',
  'reads the descriptor': 'require("fs").writeSync(1, String(require("fs").readFileSync(0).length))',
  'writes to the descriptor what is larger than a pipe':
    'require("fs").readFileSync(0); require("fs").writeSync(1, "x".repeat(30000)); console.log(process.stdin.fd)',
  'replaces process.stdout.write': `const write = process.stdout.write; process.stdout.write = function (...args) { return write.call(this, '> ' + args[0]) }
    let length = 0
    process.stdin.on('data', (d) => { if (length === 0) console.log('begun'); length += d.length }).on('end', () => console.log(length))`,
  'looks for changes to process.stdin and process.stdout': `const before = ['stdin', 'stdout'].map((name) => Object.getOwnPropertyDescriptor(process, name))
    console.log(before.map((d) => [typeof d.get, d.set, d.enumerable, d.configurable]), Object.keys(process).length)
    const { stdin, stdout } = process
    const after = ['stdin', 'stdout'].map((name) => Object.getOwnPropertyDescriptor(process, name))
    console.log(after.map((d) => d.get.name), process.stdin === stdin, process.stdout === stdout)
    const look = () => console.log(stdin.readableFlowing, stdin.isPaused(), stdin.listenerCount('data'), stdin.listenerCount('end'),
      stdin.eventNames().map(String), stdout.eventNames().map(String), Object.keys(stdin).length, Object.keys(stdout).length,
      stdout.write === require('stream').Writable.prototype.write, stdin.constructor.name, stdout.constructor.name)
    look(); setTimeout(look, 50)`,
  'looks for changes to a child process': `const child = require('child_process').spawn('cat')
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
      it(`writes and ends with ${input} as it does without the preload`, async () => {
        const [withPreload, without] = await Promise.all(
          [REGISTER_CJS, EMPTY_CJS].map((preload) => runWithStdin(['-e', code], preload, stdin)),
        )
        assert.deepEqual(withPreload, without)
      })
    }
  })
}
