import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { scrape, scrapeUntil } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { freePort } from '../../harness/free-port.ts'
import { startProcess } from '../../harness/process.ts'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'
import { startProvider } from '../../interop/llm/provider/provider.ts'
import { assertFound, at, createProject, type Diagnosis, FLAG, installedIn, type Project, serve } from './doctor.ts'

/** Starts an app of a project, and examines it once its metrics hold. */
async function examine(
  project: Project,
  args: readonly string[],
  { env = {}, holds }: { env?: Readonly<Record<string, string>>; holds: (families: Families) => boolean },
): Promise<Diagnosis> {
  const port = await freePort()
  const app = project.node([...FLAG, ...args], { ...at(port), ...env })
  await app.line(/^ready/)
  const url = `http://127.0.0.1:${port}/metrics`
  await scrapeUntil(() => scrape(url), holds)
  const diagnosis = await project.diagnose({ args: ['--url', url], env })
  await app.stop()
  return diagnosis
}

const REQUESTS = 'agentgateway_requests_total'
const CALLS = 'agentgateway_llm_requests_total'

/** An app that makes streamed and whole calls with the SDK of OpenAI, and stays. */
const LLM_APP = `
import OpenAI from 'openai'
const openai = new OpenAI({ apiKey: 'none', baseURL: process.argv[2] + '/v1', maxRetries: 0 })
const messages = [{ role: 'user', content: 'hi' }]
for (const model of ['mini.respond', 'mini.respond', 'nano.respond']) {
  const options = process.argv[3] === 'asked' ? { stream_options: { include_usage: true } } : {}
  for await (const _ of await openai.chat.completions.create({ model, messages, stream: true, ...options }));
}
await openai.chat.completions.create({ model: 'mini.respond', messages })
setInterval(() => {}, 1000)
console.log('ready')
`

describe('doctor, of LLM calls', () => {
  const project = createProject({
    files: { 'llm.js': LLM_APP },
    packages: { openai: installedIn('interop/llm', 'openai') },
  })
  let provider: Awaited<ReturnType<typeof startProvider>>
  const holds = (families: Families) => sumOf(families, CALLS) === 4

  before(async () => {
    provider = await startProvider()
  })
  after(() => provider.close())

  it('missing-usage reports streams that were not asked for their usage, by model', async () => {
    const diagnosis = await examine(project, ['llm.js', provider.url], { holds })
    const what = /^3 of 4 LLM calls reported no tokens, .*: "mini\.respond" 2 of 3, "nano\.respond" 1 of 1\.$/
    const { advice } = assertFound(diagnosis, 'missing-usage', 'problem', what)
    assert.match(advice ?? '', /stream_options: \{ include_usage: true \}/)
  })

  it('missing-usage finds streams well that were asked for it', async () => {
    const diagnosis = await examine(project, ['llm.js', provider.url, 'asked'], { holds })
    assert.deepEqual(diagnosis.wellOf('missing-usage'), ['All LLM calls that succeeded report their tokens.'])
    assert.equal(diagnosis.exitCode, 0)
  })

  it('custom-hosts hints at hosts that are not known, until they are named', async () => {
    const args = ['llm.js', provider.url, 'asked']
    const what =
      /^4 of 4 LLM calls went to hosts that are not known, .* \(models: "mini\.respond", "nano\.respond"\)\.$/
    assertFound(await examine(project, args, { holds }), 'custom-hosts', 'hint', what)
    const env = { AGENTGATEWAY_LLM_HOSTS: `${new URL(provider.url).host}=openai` }
    const named = await examine(project, args, { holds, env })
    assert.deepEqual(named.wellOf('custom-hosts'), ['The providers of all LLM calls are known.'])
  })

  it('overflowing-labels hints at a label with too long a value', async () => {
    const calls = "import { recordLlmCall } from 'agentgateway-otel'\n"
    const overflowing = createProject({
      files: {
        'calls.js': `${calls}recordLlmCall({ system: 'x', requestModel: 'm'.repeat(500), durationSeconds: 1 })\nsetInterval(() => {}, 1000)\nconsole.log('ready')`,
        'few.js': `${calls}recordLlmCall({ system: 'x', requestModel: 'm', durationSeconds: 1 })\nsetInterval(() => {}, 1000)\nconsole.log('ready')`,
      },
    })
    const holds = (families: Families) => sumOf(families, CALLS) === 1
    const what =
      /^The label gen_ai_request_model has values .* as _OTHER, in agentgateway_llm_requests_total.*: it keeps 200 values, of up to 128 characters\.$/
    assertFound(await examine(overflowing, ['calls.js'], { holds }), 'overflowing-labels', 'hint', what)
    const few = await examine(overflowing, ['few.js'], { holds })
    assert.deepEqual(few.wellOf('overflowing-labels'), ['No label has had more values than its limit.'])
  })
})

/** Serves by a framework, sends one request to itself, and stays. */
const requested = (start: string, path = '/users/7') => `
${start}
const respond = (port) => fetch('http://127.0.0.1:' + port + '${path}').then((response) => response.text()).then(() => console.log('ready'))
`
const PLAIN_APP = requested(`
import { createServer } from 'node:http'
const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1', () => respond(server.address().port))`)
const EXPRESS_APP = requested(`
import express from 'express'
const app = express()
app.get('/users/:id', (_, response) => response.send('ok'))
const server = app.listen(0, '127.0.0.1', () => respond(server.address().port))`)
const KOA_APP = requested(`
import Router from '@koa/router'
import Koa from 'koa'
import { setRoute } from 'agentgateway-otel'
const router = new Router()
router.get('/users/:id', (ctx) => { ctx.body = 'ok' })
const app = new Koa()
if (process.argv[2] === 'line') app.use((ctx, next) => { setRoute(ctx); return next() })
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => respond(server.address().port))`)

const KOA = installedIn('interop/http', 'koa')

const hasRequest = (families: Families) => sumOf(families, REQUESTS) > 0

/** The oldest Node.js that is supported, where `pnpm test:matrix` has installed it. */
const OLDEST = fileURLToPath(new URL('../../node-versions/node_modules/node-22.15/bin/node', import.meta.url))

describe('doctor unknown-routes', () => {
  it('hints at an app without a framework, with the one line that it needs', async () => {
    const plain = createProject({ files: { 'app.js': PLAIN_APP } })
    const { advice } = assertFound(
      await examine(plain, ['app.js'], { holds: hasRequest }),
      'unknown-routes',
      'hint',
      /^1 of 1 request that did not end with 404 has route="unknown"\. No framework whose routes are known/,
    )
    assert.match(advice ?? '', /setRoute\(request, "\/users\/:id"\)/)
  })

  it('finds Express well, and names its version', async () => {
    const express = createProject({
      files: {
        'package.json': { name: 'shop', type: 'module', dependencies: { express: '^5' } },
        'app.js': EXPRESS_APP,
      },
      packages: { express: installedIn('interop/http', 'express') },
    })
    const diagnosis = await examine(express, ['app.js'], { holds: hasRequest })
    assert.match(
      diagnosis.wellOf('unknown-routes')[0] ?? '',
      /^The routes of Express 5\.\d+\.\d+ are known by the flag alone\.$/,
    )
    const env = { AGENTGATEWAY_ROUTES: 'explicit' }
    const explicit = await examine(express, ['app.js'], { holds: hasRequest, env })
    assertFound(explicit, 'unknown-routes', 'hint', /AGENTGATEWAY_ROUTES=explicit leaves the routes to the app/)
  })

  const koa = createProject({
    files: {
      'package.json': { name: 'shop', type: 'module', dependencies: { koa: '^3', '@koa/router': '^15' } },
      'app.js': KOA_APP,
    },
    packages: {
      koa: KOA,
      // npm installs it beside Koa.
      'koa-compose': join(dirname(KOA), 'koa-compose'),
      '@koa/router': installedIn('interop/http', '@koa/router'),
    },
  })

  it('finds Koa well on this version of Node.js', async () => {
    const diagnosis = await examine(koa, ['app.js'], { holds: hasRequest })
    assert.match(
      diagnosis.wellOf('unknown-routes')[0] ?? '',
      /^The routes of Koa 3\.\d+\.\d+ are known by the flag alone\.$/,
    )
  })

  it('reports Koa on an older version of Node.js, and the line that it needs, which helps', {
    skip: !existsSync(OLDEST) && 'test:matrix installs Node.js 22.15',
  }, async () => {
    for (const hasLine of [false, true]) {
      const port = await freePort()
      const words = [...FLAG, 'app.js', ...(hasLine ? ['line'] : [])]
      const app = startProcess(OLDEST, words, { cwd: koa.folder, env: { ...childEnv(), ...at(port) } })
      await app.line(/^ready/)
      const url = `http://127.0.0.1:${port}/metrics`
      await scrapeUntil(() => scrape(url), hasRequest)
      const diagnosis = await koa.diagnose({ args: ['--url', url] })
      if (hasLine)
        assert.deepEqual(
          diagnosis.of('unknown-routes').filter(({ level }) => level === 'problem'),
          [],
        )
      else {
        const what = /Koa 3\.\S+ does not show its routes on Node\.js 22\.15\.0\.$/
        const { advice } = assertFound(diagnosis, 'unknown-routes', 'problem', what)
        assert.match(advice ?? '', /app\.use\(\(ctx, next\) => \{ setRoute\(ctx\); return next\(\) \}\)$/)
      }
      await app.stop()
    }
  })

  it('does not expect routes of requests that nothing matched', async () => {
    const express = createProject({
      files: {
        'package.json': { name: 'shop', type: 'module', dependencies: { express: '^5' } },
        'app.js': EXPRESS_APP.replace("'/users/7'", "'/nothing'"),
      },
      packages: { express: installedIn('interop/http', 'express') },
    })
    const diagnosis = await examine(express, ['app.js'], {
      holds: (families) => sumOf(families, REQUESTS, { status: '404' }) === 1,
    })
    assert.deepEqual(diagnosis.of('unknown-routes'), [])
  })
})

describe('doctor no-series', () => {
  it('hints that a request has to be sent first', async () => {
    const idle = createProject({ files: { 'app.js': "setInterval(() => {}, 1000)\nconsole.log('ready')" } })
    const diagnosis = await examine(idle, ['app.js'], { holds: () => true })
    assert.equal(
      assertFound(diagnosis, 'no-series', 'hint', /no series yet/).advice,
      'Send a request to the app first.',
    )
    const plain = createProject({ files: { 'app.js': PLAIN_APP } })
    assert.deepEqual((await examine(plain, ['app.js'], { holds: hasRequest })).wellOf('no-series'), [
      'The app has counted something.',
    ])
  })
})

describe('doctor unnamed-service', () => {
  it('hints at a service without a name', async () => {
    const nameless = createProject({ files: { 'package.json': { type: 'module' }, 'app.js': PLAIN_APP } })
    const diagnosis = await examine(nameless, ['app.js'], { holds: hasRequest })
    assertFound(diagnosis, 'unnamed-service', 'hint', /gateway="unknown_service:node"/)
    const env = { OTEL_SERVICE_NAME: 'shop' }
    const named = await examine(nameless, ['app.js'], { holds: hasRequest, env })
    assert.deepEqual(named.wellOf('unnamed-service'), ['The service is "shop".'])
  })

  it('hints at two apps of one package, which have its name', { skip: process.platform !== 'linux' }, async () => {
    const project = createProject({ files: { 'web.js': PLAIN_APP, 'worker.js': PLAIN_APP } })
    const apps = await Promise.all(
      ['web.js', 'worker.js'].map(async (script) => project.node([...FLAG, script], at(await freePort()))),
    )
    await Promise.all(apps.map((app) => app.line(/^ready/)))
    const what = /^Several apps of one package run, "w\S+", "w\S+", and have its name "shop"/
    assertFound(await project.diagnose(), 'unnamed-service', 'hint', what)
    await Promise.all(apps.map((app) => app.stop()))
  })
})

describe('doctor, of what is no app with metrics', () => {
  it('could see nothing of another server', async () => {
    const url = `http://127.0.0.1:${await serve((_, response) => response.end('hello'))}`
    const project = createProject()
    assertFound(await project.diagnose({ args: ['--url', url] }), 'silent-endpoint', 'unseen', /is not metrics/)
  })
})
