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
const INDEX = createRequire(import.meta.url).resolve('agentgateway-otel')
const APP = 'console.log("unchanged")'

let directory: string
const file = (name: string) => join(directory, name)

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
})
after(() => rm(directory, { recursive: true }))

describe('where metrics are not supported', () => {
  it('an app on Bun runs without metrics, after one line on stderr', async () => {
    const bun = file('bun.cjs')
    const versions = "{ value: { ...process.versions, bun: '1.4.5' } }"
    await writeFile(bun, `Object.defineProperty(process, 'versions', ${versions})`)
    for (const preload of PRELOADS) {
      const { code, stdout, stderr } = await run(APP, { flags: ['--require', bun, ...preload] })
      assert.deepEqual([code, stdout], [0, 'unchanged\n'])
      assert.match(stderr, /^agentgateway-otel: Bun does not publish .*\n$/)
    }
  })

  it('getInstrumentations returns none on an old Node.js, after one line in the logger of OpenTelemetry', async () => {
    const old = file('old.cjs')
    const versions = "{ value: { ...process.versions, node: '20.19.0' } }"
    await writeFile(old, `Object.defineProperty(process, 'versions', ${versions})`)
    const code = `
      globalThis[Symbol.for('opentelemetry.js.api.1')] = { diag: { warn: console.log } }
      console.log(require(${JSON.stringify(INDEX)}).getInstrumentations())`
    const { stdout, stderr } = await run(code, { flags: ['--require', old] })
    assert.equal(stderr, '')
    assert.match(stdout, /^agentgateway-otel: Node\.js 20\.19\.0 is too old, .* newer is needed\n\[\]\n$/)
  })

  for (const env of [{}, { AGENTGATEWAY_EXPORTERS: 'otlp' }]) {
    it(`an app whose bundle contains a part of the preload runs without metrics, after one line on stderr that names the remedy, ${JSON.stringify(env)}`, async () => {
      const outfile = file('bundle.cjs')
      const contents = `require(${JSON.stringify(REGISTER_CJS)}); ${APP}`
      await build({
        stdin: { contents, resolveDir: HERE },
        bundle: true,
        platform: 'node',
        format: 'cjs',
        outfile,
        external: ['./embedded.cjs'],
        logLevel: 'silent',
      })
      const { code, stdout, stderr } = await run([outfile], { env })
      assert.deepEqual([code, stdout], [0, 'unchanged\n'])
      assert.match(stderr, /^agentgateway-otel: .* is off, because a bundler .*--external:agentgateway-otel.*\n$/)
    })
  }
})
