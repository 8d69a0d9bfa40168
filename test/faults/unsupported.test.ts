import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { REGISTER_CJS } from '../harness/app.ts'
import { PRELOADS, run } from './run.ts'

/** The bundler that the distribution itself is built with. */
const { build } = createRequire(new URL('../../packages/agentgateway-otel/package.json', import.meta.url))(
  'esbuild',
) as { build(options: object): Promise<unknown> }

const HERE = fileURLToPath(new URL('.', import.meta.url))
const APP = 'setTimeout(() => console.log("untouched"), 100)'

let directory: string
const file = (name: string) => join(directory, name)

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
})
after(() => rm(directory, { recursive: true }))

describe('where metrics cannot work', () => {
  it('an app on Bun runs without metrics, and one line says why', async () => {
    const pretend = file('bun.cjs')
    const versions = "{ value: { ...process.versions, bun: '1.4.5' } }"
    await writeFile(pretend, `Object.defineProperty(process, 'versions', ${versions})`)
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(APP, { flags: ['--require', pretend, ...preload] })
      assert.deepEqual([code, stdout], [0, 'untouched\n'])
      assert.match(stderr, /^agentgateway-otel: Bun does not publish .*\n$/)
    }
  })

  it('an app whose bundle has the preload in it runs without metrics, and one line says what to do', async () => {
    const outfile = file('bundle.cjs')
    const contents = `require(${JSON.stringify(REGISTER_CJS)}); ${APP}`
    await build({
      stdin: { contents, resolveDir: HERE },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      logLevel: 'silent',
    })
    const { code, stdout, stderr } = await run([outfile])
    assert.deepEqual([code, stdout], [0, 'untouched\n'])
    assert.match(stderr, /^agentgateway-otel: .* is off, because a bundler .*--external:agentgateway-otel\)\n$/)
  })
})
