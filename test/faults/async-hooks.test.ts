import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../harness/free-port.ts'
import { emptyLike, OURS, PRELOADS, run } from './run.ts'

/** A heap in which no garbage collection is due: promises are destroyed by one, at whatever time that is. */
const NO_COLLECTION = ['--min-semi-space-size=64', '--max-semi-space-size=64']

const APP = [fileURLToPath(new URL('apps/watches-async-hooks.cjs', import.meta.url))]

describe('an app whose first line enables async_hooks', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
  })
  after(() => rm(directory, { recursive: true }))

  const CONFIGURATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'on a fixed port': {},
    'on a fixed port of one address': { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1' },
    'on a fixed port that no other process shares': { AGENTGATEWAY_PER_PROCESS: 'true' },
    'on a port that the system chooses': { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
  }
  for (const preload of PRELOADS) {
    for (const [where, settings] of Object.entries(CONFIGURATIONS)) {
      it(`sees no async resource of the preload by ${preload[0]}, with metrics ${where}`, async () => {
        const without = await run(APP, { flags: [...NO_COLLECTION, ...emptyLike(preload)] })
        const env = { TMPDIR: directory, OTEL_EXPORTER_PROMETHEUS_PORT: String(await freePort()), ...settings }
        const { stderr, ...ran } = await run(APP, { flags: [...NO_COLLECTION, ...preload], env })
        assert.deepEqual({ ...ran, stderr: stderr.replace(OURS, '') }, without)
        // The URL was written, so the metrics were served.
        assert.match(stderr, /^agentgateway-otel: .*, metrics on http:.*\n$/)
      })
    }
  }
})
