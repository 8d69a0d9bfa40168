import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { REGISTER_CJS } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'
import { binaryOf, type Runtime, whyMissing } from './runtimes.ts'

const INDEX = createRequire(import.meta.url).resolve('agentgateway-otel')
const CHANNELS = fileURLToPath(new URL('./apps/channels.mjs', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'bun-and-deno-'))
after(() => rmSync(directory, { recursive: true }))

interface Expected {
  /** The line on stderr. */
  readonly line: RegExp
  /** Arguments before a script, and before one that gets the preload by a flag. */
  readonly run: readonly string[]
  readonly preloaded: readonly string[]
  /** What it publishes of requests to a server of `node:http`, and to one of its own. */
  readonly published: readonly [string, string]
}

const RUNTIMES: Readonly<Record<Runtime, Expected>> = {
  bun: {
    line: /^agentgateway-otel: Bun does not publish .*, so the app runs without metrics; Node\.js 22\.15 or newer is needed\n$/,
    run: [],
    preloaded: ['--preload', REGISTER_CJS],
    published: ['sent by node:http', 'sent by node:http'],
  },
  deno: {
    line: /^agentgateway-otel: Deno does not publish .*, so the app runs without metrics; Node\.js 22\.15 or newer is needed\n$/,
    run: ['run', '--no-prompt', '--allow-all'],
    preloaded: ['run', '--no-prompt', '--allow-all', '--require', REGISTER_CJS],
    published: ['accepted, sent by node:http, served', 'sent by node:http'],
  },
}

function script(name: string, code: string): string {
  const file = join(directory, name)
  writeFileSync(file, code)
  return file
}

for (const [name, { line, run, preloaded, published }] of Object.entries(RUNTIMES) as [Runtime, Expected][]) {
  describe(name, { skip: whyMissing(name) }, () => {
    async function outcome(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
      const running = startProcess(binaryOf(name) as string, args, {
        env: { ...childEnv(), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...env },
        stdin: 'ignore',
      })
      const { code } = await running.exit()
      return { code, stdout: running.stdout(), stderr: running.stderr() }
    }

    it('runs an app with the flag without metrics, after one line on stderr', async () => {
      const app = script('unchanged.cjs', 'console.log("unchanged")')
      const { code, stdout, stderr } = await outcome([...preloaded, app])
      assert.deepEqual([code, stdout], [0, 'unchanged\n'])
      assert.match(stderr, line)
    })

    it('runs an app that imports the preload without metrics, after one line on stderr', async () => {
      const app = script('imports.cjs', `require(${JSON.stringify(REGISTER_CJS)}); console.log("unchanged")`)
      const { code, stdout, stderr } = await outcome([...run, app])
      assert.deepEqual([code, stdout], [0, 'unchanged\n'])
      assert.match(stderr, line)
    })

    it('says nothing with OTEL_LOG_LEVEL=none', async () => {
      const app = script('quiet.cjs', 'console.log("unchanged")')
      const result = await outcome([...preloaded, app], { OTEL_LOG_LEVEL: 'none' })
      assert.deepEqual(result, { code: 0, stdout: 'unchanged\n', stderr: '' })
    })

    if (name === 'deno') {
      it('runs an app that may not read the environment without metrics, after one line on stderr', async () => {
        const app = script('permissions.cjs', `require(${JSON.stringify(REGISTER_CJS)}); console.log("unchanged")`)
        const { code, stdout, stderr } = await outcome(['run', '--no-prompt', '--allow-read', app])
        assert.deepEqual([code, stdout], [0, 'unchanged\n'])
        assert.match(stderr, line)
      })
    }

    it('gets no instrumentations, and the app no exception', async () => {
      const app = script('sdk.cjs', `console.log(require(${JSON.stringify(INDEX)}).getInstrumentations().length)`)
      assert.deepEqual(await outcome([...run, app]), { code: 0, stdout: '0\n', stderr: '' })
    })

    it('does not publish all requests on the channels of Node.js, which is why it is off', async () => {
      const { stdout, stderr } = await outcome([...run, CHANNELS])
      assert.equal(stdout, `node:http: ${published[0]}\nits own server: ${published[1]}\n`, stderr)
    })
  })
}
