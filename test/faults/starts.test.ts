import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { EMPTY_CJS, NODE } from '../harness/app.ts'
import { emptyLike, OURS, PRELOADS, type RunOptions, run } from './run.ts'

/** The preload's line is written before an app's first line runs. */
const PRINTS = 'console.log("went on")'
/** An app that serves itself a request. */
const SERVES = `const http = require('http')
  const server = http.createServer((request, response) => response.end('x')).listen(0, '127.0.0.1', () => {
    http.get({ host: '127.0.0.1', port: server.address().port, agent: false }, (response) => {
      response.resume().on('end', () => console.log('served', response.statusCode))
      server.close()
    })
  })`
const [, REQUIRE] = PRELOADS

let directory: string
const file = (name: string) => join(directory, name)

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
  await writeFile(file('good.cjs'), 'console.log("ran")')
  await writeFile(file('bad.cjs'), 'let a = ;')
  await writeFile(file('one.test.cjs'), "require('node:test').test('passes', () => {})")
  await writeFile(file('two.test.cjs'), "require('node:test').test('fails', () => { throw new Error('as it should') })")
})
after(() => rm(directory, { recursive: true }))

/** Asserts that an app does the same with the preload as without it, but for `lines` of ours on stderr. */
async function assertSame(code: string | readonly string[], { flags = [], ...options }: RunOptions, lines: number) {
  for (const preload of PRELOADS) {
    const without = await run(code, { ...options, flags: [...flags, ...emptyLike(preload)] })
    const within = await run(code, { ...options, flags: [...flags, ...preload] })
    assert.deepEqual(
      { ...within, stderr: plain(within.stderr.replace(OURS, '')) },
      { ...without, stderr: plain(without.stderr) },
    )
    assert.equal(within.stderr.match(OURS)?.length ?? 0, lines, within.stderr)
  }
}

const plain = (text: string) => text.replaceAll(/\(node:\d+\)/g, '(node)')

describe('an app that is started', () => {
  const STARTS: Readonly<Record<string, { code?: readonly string[]; lines?: number } & RunOptions>> = {
    'as an ES module from the command line': {
      code: [
        '--input-type=module',
        '-e',
        'import http from "node:http"; console.log(import.meta.url, typeof http.get)',
      ],
    },
    'to print an expression': { code: ['-p', '6 * 7'] },
    'from stdin': { code: ['-'], stdin: 'console.log("from stdin")' },
    'as an interactive session': { code: ['-i'], stdin: '6 * 7\n.exit\n' },
    'with --frozen-intrinsics': { flags: ['--frozen-intrinsics'] },
    'with --disallow-code-generation-from-strings': { flags: ['--disallow-code-generation-from-strings'] },
    'with --disable-proto=throw': { flags: ['--disable-proto=throw'] },
    'with deprecations that throw': { flags: ['--throw-deprecation', '--pending-deprecation'] },
    'with warnings traced': { flags: ['--trace-warnings'] },
    'in a directory that is gone': { shell: 'mkdir "$PWD/gone.$$" && cd "$PWD/gone.$$" && rmdir "$PWD"' },
    'with stdout closed': { shell: 'exec 1>&-' },
    'with stderr closed': { shell: 'exec 2>&-', lines: 0 },
    'with stderr that cannot be written to': { shell: 'exec 2</dev/null', lines: 0 },
    'with stderr on a full device': { shell: 'exec 2>/dev/full', lines: 0 },
  }
  for (const [how, { code = ['-e', SERVES], lines = 1, ...options }] of Object.entries(STARTS)) {
    it(`${how} runs as it does without the preload`, () =>
      assertSame(code, { ...options, env: { HOME: directory } }, lines))
  }

  it('with the preload in NODE_OPTIONS runs as it does without', async () => {
    for (const preload of PRELOADS) {
      const { stderr, ...ran } = await run(SERVES, { env: { NODE_OPTIONS: preload.join(' ') } })
      assert.deepEqual(ran, await run(SERVES).then(({ stderr: _, ...bare }) => bare))
      assert.match(stderr, /^agentgateway-otel: .*\/metrics\n$/)
    }
  })

  it('with --check is only checked', async () => {
    await assertSame(['--check', file('good.cjs')], {}, 1)
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(['--check', file('bad.cjs')], { flags: preload })
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr.replace(OURS, ''), /^.*bad\.cjs:1\nlet a = ;\n *\^\n\nSyntaxError: /)
    }
  })

  it('by the test runner passes and fails as it does without the preload', async () => {
    for (const [name, code] of [
      ['one.test.cjs', 0],
      ['two.test.cjs', 1],
    ] as const) {
      for (const preload of PRELOADS) {
        const ran = await run(['--test', '--test-reporter=tap', file(name)], { flags: preload })
        assert.equal(ran.code, code)
        assert.match(ran.stdout, code === 0 ? /^# pass 1$/m : /^# fail 1$/m)
        assert.doesNotMatch(ran.stdout, /agentgateway-otel: .*error/)
      }
    }
  })

  it('without require(esm) runs, and has its metrics served', async () => {
    const flag = '--no-experimental-require-module'
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(SERVES, { flags: [flag, ...preload] })
      assert.deepEqual([code, stdout], [0, 'served 200\n'])
      assert.match(stderr, /^agentgateway-otel: .*\/metrics\n$/)
    }
  })

  it('with too few file descriptors for the endpoint runs, after one line on stderr', async () => {
    // The fewest with which Node.js loads an empty preload, which only trying can tell.
    let limit = 10
    while ((await run(PRINTS, { shell: `ulimit -n ${limit}`, flags: ['--require', EMPTY_CJS] })).code !== 0) limit++
    const { code, stdout, stderr } = await run(PRINTS, { shell: `ulimit -n ${limit}`, flags: REQUIRE })
    assert.deepEqual([code, stdout], [0, 'went on\n'])
    assert.match(stderr, /^agentgateway-otel: .*\n$/)
  })
})

describe('the permission model', () => {
  const flags = ['--permission', '--allow-fs-read=*']

  it('lets an app run unchanged, after one line on stderr, with the network allowed or not', async () => {
    const { stdout: knows } = await run('console.log(process.allowedNodeEnvironmentFlags.has("--allow-net"))')
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(PRINTS, { flags: [...flags, ...preload] })
      assert.deepEqual([code, stdout], [0, 'went on\n'])
      const line =
        knows === 'true\n' ? /^agentgateway-otel: .* off, .*--allow-net\n$/ : /^agentgateway-otel: .*\/metrics\n$/
      assert.match(stderr, line, `on ${NODE}`)
    }
  })

  it('lets the metrics be served where the network is allowed', async (test) => {
    const { stdout: knows } = await run('console.log(process.allowedNodeEnvironmentFlags.has("--allow-net"))')
    if (knows !== 'true\n') return test.skip('this Node.js does not ask for --allow-net')
    for (const preload of PRELOADS) {
      const { code, stderr } = await run(PRINTS, { flags: [...flags, '--allow-net', ...preload] })
      assert.equal(code, 0)
      assert.match(stderr, /^agentgateway-otel: .*\/metrics$/m)
    }
  })
})
