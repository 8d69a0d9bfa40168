import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { scrape, scrapeUntil } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { startProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/agentgateway-otel/package.json'), 'utf8'))

/** The commands of the README that a user runs. */
const [install = '', start = '', curl = ''] =
  /```sh\n([\s\S]*?)```/
    .exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))?.[1]
    ?.trim()
    .split('\n') ?? []

/** A user's app, in both of Node's module systems. */
const APPS = {
  'app.js': `import { createServer } from 'node:http'
import { setRoute } from 'agentgateway-otel'
createServer((request, response) => {
  setRoute(request, '/greetings/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port)
})`,
  'app.cjs': `const { createServer } = require('node:http')
const { setRoute } = require('agentgateway-otel')
createServer((request, response) => {
  setRoute(request, '/greetings/:name')
  response.end('hello')
}).listen(0, '127.0.0.1', function () {
  console.log(this.address().port)
})`,
}

describe('the packages as published, installed and run by the commands of the README', () => {
  let project: string

  before(async () => {
    project = await mkdtemp(join(tmpdir(), 'agentgateway-otel-'))
    await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }')
    for (const [name, code] of Object.entries(APPS)) await writeFile(join(project, name), code)
    const packages = await Array.fromAsync(glob('packages/*/package.json', { cwd: ROOT }))
    await Promise.all(
      packages.map((file) =>
        run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', project], { cwd: join(ROOT, dirname(file)) }),
      ),
    )
    const tarballs = (await Array.fromAsync(glob('*.tgz', { cwd: project }))).map((name) => `./${name}`)
    assert.equal(install, 'npm install agentgateway-otel')
    await run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], { cwd: project })
  })
  after(() => rm(project, { recursive: true, force: true }))

  for (const [flag, file] of [
    ['--import', 'app.js'],
    ['--import', 'app.cjs'],
    ['--require', 'app.js'],
    ['--require', 'app.cjs'],
  ] as const) {
    it(`count the requests that ${file} serves, with ${flag}`, async () => {
      const [, ...args] = start.replace('--import', flag).replace('app.js', file).split(' ')
      const port = await freePort()
      const url = new URL(curl.split(' ')[1] ?? '')
      assert.equal(url.port, '15020')
      url.port = String(port)
      const running = startProcess(process.execPath, args, {
        cwd: project,
        env: { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_PORT: url.port },
      })
      const [line] = await running.line(/^.*$/, 'stderr')
      assert.equal(line, `agentgateway-otel: ${version}, metrics on ${url.href}`)
      const [appPort] = await running.line(/^\d+$/)
      await (await fetch(`http://127.0.0.1:${appPort}`)).text()
      const families = await scrapeUntil(
        () => scrape(url.href),
        (families) => sumOf(families, 'agentgateway_requests_total') > 0,
      )
      assert.equal(families.size, DEFAULT_METRICS.length)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { route: '/greetings/:name' }), 1)
      await running.stop()
    })
  }

  it('contain a licence, and no source maps, tests or build information', async () => {
    const files = await Array.fromAsync(
      glob('node_modules/{agentgateway-otel,@agentgateway-otel/*}/**/*', { cwd: project }),
    )
    assert.ok(files.length > 50)
    assert.deepEqual(
      files.filter((name) => /\.map$|\.test|\.tsbuildinfo$|\/src\//.test(name)),
      [],
    )
    for (const name of ['agentgateway-otel', '@agentgateway-otel/wire']) {
      assert.ok(files.includes(`node_modules/${name}/LICENSE`), `${name} has no licence`)
    }
  })
})
