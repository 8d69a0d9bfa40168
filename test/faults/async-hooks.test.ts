import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../harness/free-port.ts'
import { OURS, PRELOADS, run } from './run.ts'

const APP = [fileURLToPath(new URL('apps/watches-async-hooks.cjs', import.meta.url))]

describe('an app whose first line enables async_hooks', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
    // They load as the preload does: an ES module that imports a CommonJS file.
    await writeFile(join(directory, 'empty.mjs'), "import './empty.cjs'")
    await writeFile(join(directory, 'empty.cjs'), '')
  })
  after(() => rm(directory, { recursive: true }))

  const CONFIGURATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'on a fixed port': {},
    'on a fixed port of an address': { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1' },
    'on a fixed port that no other process shares': { AGENTGATEWAY_PER_PROCESS: 'true' },
    'on a port that the system chooses': { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  }
  for (const preload of PRELOADS) {
    for (const [where, settings] of Object.entries(CONFIGURATIONS)) {
      it(`sees nothing of ${preload[0]}, with metrics ${where}`, async () => {
        const empty = join(directory, preload[0] === '--import' ? 'empty.mjs' : 'empty.cjs')
        const without = await run(APP, { flags: [preload[0], empty] })
        const env = { TMPDIR: directory, OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()), ...settings }
        const { stderr, ...ran } = await run(APP, { flags: preload, env })
        assert.deepEqual({ ...ran, stderr: stderr.replace(OURS, '') }, without)
        // It is announced, so it did serve.
        assert.match(stderr, /^agentgateway-otel: .*, metrics on http:.*\n$/)
      })
    }
  }
})
