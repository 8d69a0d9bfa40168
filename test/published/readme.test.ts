import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { glob, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { freePort } from '../harness/free-port.ts'
import { parsePrometheusText, type Sample } from '../harness/prometheus-text.ts'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The commands that the README tells a user to run. */
const [install = '', start = '', ask = ''] =
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

describe('the packages as they are published, installed and run as the README says', () => {
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
    it(`counts what ${file} serves, with ${flag}`, async () => {
      const [, ...args] = start.replace('--import', flag).replace('app.js', file).split(' ')
      const port = await freePort()
      const url = new URL(ask.split(' ')[1] ?? '')
      assert.equal(url.port, '15020')
      url.port = String(port)
      const child = spawn(process.execPath, args, {
        cwd: project,
        env: { ...process.env, NODE_TEST_CONTEXT: '', OTEL_EXPORTER_PROMETHEUS_PORT: url.port },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [line] = await once(createInterface(child.stderr), 'line')
      assert.equal(line, `agentgateway-otel: 0.1.0, metrics on ${url.href}`)
      const [appPort] = await once(createInterface(child.stdout), 'line')
      await (await fetch(`http://127.0.0.1:${appPort}`)).text()
      let requests: Sample | undefined
      while (requests === undefined) {
        const families = parsePrometheusText(await (await fetch(url)).text())
        assert.equal(families.size, DEFAULT_METRICS.length)
        requests = families.get('agentgateway_requests_total')?.samples[0]
      }
      assert.deepEqual([requests.value, requests.labels.route], [1, '/greetings/:name'])
      child.kill()
      await once(child, 'close')
    })
  }

  it('bring no source maps, tests or build information along', async () => {
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
