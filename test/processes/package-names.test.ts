import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE, REGISTER } from '../harness/app.ts'
import type { RunningProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { app, createDeployment, DEBUG, type Deployment, JOINED, requests, sendRequest } from './deployment.ts'

/** It requires no file, for which Node.js would read the package.json itself. */
const SERVER = readFileSync(app('server.cjs'), 'utf8')
const UNNAMED = 'unknown_service:node'

const named = (name: string) => JSON.stringify({ name })

let deployment: Deployment
beforeEach(async () => {
  deployment = await createDeployment()
})
afterEach(() => deployment.clear())

/** Writes files by their paths, relative to the deployment's directory. */
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(deployment.directory, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
  }
}

const node = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) =>
  deployment.run(NODE, ['--import', REGISTER, ...args], { cwd: join(deployment.directory, cwd), env })

const portOf = async (server: RunningProcess) => Number((await server.line(/^ready (\d+)/))[1])

/** Asserts that a request to this server is counted under this name, and under no other. */
async function assertGateway(server: RunningProcess, gateway: string): Promise<void> {
  await sendRequest(await portOf(server))
  const families = await deployment.scrapeUntil((now) => requests(now) === 1)
  assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway }), 1)
}

describe('the service name of an app without OTEL_SERVICE_NAME', () => {
  it('is the name of its package, scope included, above a folder whose package.json has none', async () => {
    await write({
      'shop/package.json': named('@acme/shop'),
      'shop/dist/package.json': '{"type":"commonjs"}',
      'shop/dist/src/server.js': SERVER,
    })
    await assertGateway(node(['dist/src/server'], 'shop'), '@acme/shop')
  })

  it('is that of a folder that is run, and of what a symbolic link leads to', async () => {
    await write({
      'shop/package.json': JSON.stringify({ name: 'shop', main: 'server.cjs' }),
      'shop/server.cjs': SERVER,
    })
    await symlink(join(deployment.directory, 'shop'), join(deployment.directory, 'current'))
    await assertGateway(node(['.'], 'current'), 'shop')
  })

  for (const cwd of ['shop', 'shop/node_modules/next', '.']) {
    it(`is that of the app and not of the framework in its node_modules whose command runs: in ${cwd}`, async () => {
      await write({
        'shop/package.json': named('shop'),
        'shop/node_modules/next/package.json': named('next'),
        'shop/node_modules/next/bin.js': SERVER,
      })
      await assertGateway(node([join(deployment.directory, 'shop/node_modules/next/bin.js')], cwd), 'shop')
    })
  }

  it('is that of the app where its package manager has the framework in the folder of the repository', async () => {
    await write({
      'package.json': named('repository'),
      'apps/shop/package.json': named('shop'),
      'node_modules/.pnpm/next/node_modules/next/bin.js': SERVER,
    })
    await mkdir(join(deployment.directory, 'apps/shop/node_modules'))
    const [store, link] = ['node_modules/.pnpm/next/node_modules/next', 'apps/shop/node_modules/next']
    await symlink(join(deployment.directory, store), join(deployment.directory, link))
    await assertGateway(node(['node_modules/next/bin.js'], 'apps/shop'), 'shop')
  })

  it("is that of the app with the framework, in another package's folder", async () => {
    await write({
      'package.json': named('repository'),
      'shop/package.json': named('shop'),
      'shop/node_modules/next/bin.js': SERVER,
      'bakery/package.json': named('bakery'),
    })
    await assertGateway(node([join(deployment.directory, 'shop/node_modules/next/bin.js')], 'bakery'), 'shop')
  })

  it('is that of the folder in which a global command runs, and none of what is above the command', async () => {
    const command = 'nvm/versions/node/lib/node_modules/next/bin.js'
    await write({
      'nvm/package.json': named('nvm'),
      [command]: SERVER,
      'shop/package.json': named('shop'),
      'nowhere/file': '',
    })
    const inShop = node([join(deployment.directory, command)], 'shop')
    await assertGateway(inShop, 'shop')
    await inShop.stop('SIGKILL')
    await assertGateway(node([join(deployment.directory, command)], 'nowhere'), UNNAMED)
  })

  it('is that of the app that npm starts', async () => {
    const manifest = JSON.stringify({ name: 'shop', private: true, scripts: { start: 'node server.cjs' } })
    await write({ 'shop/package.json': manifest, 'shop/server.cjs': SERVER })
    const npm = deployment.run('npm', ['start'], {
      cwd: join(deployment.directory, 'shop'),
      env: {
        NODE_OPTIONS: `--import ${REGISTER}`,
        PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
        npm_config_update_notifier: 'false',
      },
    })
    const [, port] = await npm.line(/^ready (\d+)/)
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
    const pid = Number(await response.text())
    try {
      const families = await deployment.scrapeUntil((now) => requests(now) === 1)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), 1)
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  for (const [what, content] of Object.entries({
    'is not JSON': '{"name": "shop"',
    'is JSON of another kind': 'null',
    'has a name that is no text': '{"name": {"a": 1}}',
    'has a name that is no Unicode': '{"name": "\\ud800"}',
    'has a long name': named('n'.repeat(256)),
    'is too large': `${named('shop')}${' '.repeat(1024 * 1024)}`,
  })) {
    it(`is ${UNNAMED} where the nearest package.json ${what}`, async () => {
      await write({ 'package.json': named('other'), 'shop/package.json': content, 'shop/server.cjs': SERVER })
      await assertGateway(node(['server.cjs'], 'shop'), UNNAMED)
    })
  }

  it(`is ${UNNAMED} where the nearest package.json is a pipe, which nobody waits for`, async () => {
    await write({ 'shop/server.cjs': SERVER })
    execFileSync('mkfifo', [join(deployment.directory, 'shop/package.json')])
    await assertGateway(node(['server.cjs'], 'shop'), UNNAMED)
  })

  it(`is ${UNNAMED} where no script runs, whatever the first argument is`, async () => {
    await write({ 'package.json': named('shop'), 'server.cjs': SERVER })
    await assertGateway(node(['-e', SERVER, join(deployment.directory, 'server.cjs')], '.'), UNNAMED)
  })
})

describe('a service name that comes from a package.json', () => {
  it('joins no two apps that have it, nor two copies of one app', async () => {
    for (const folder of ['one', 'two']) {
      await write({ [`${folder}/package.json`]: named('app'), [`${folder}/server.cjs`]: SERVER })
    }
    const one = node(['server.cjs'], 'one')
    await one.line(/metrics on http/, 'stderr')
    const two = node(['server.cjs'], 'two', DEBUG)
    await two.line(/in use by another app \(.*one\/server\.cjs\)/, 'stderr')
    await sendRequest(await portOf(two))
    await assertGateway(one, 'app')
    assert.doesNotMatch(two.stderr(), JOINED)
  })

  it('joins no two scripts of one package', async () => {
    await write({ 'package.json': named('app'), 'api.cjs': SERVER, 'jobs.cjs': SERVER })
    const api = node(['api.cjs'], '.')
    await api.line(/metrics on http/, 'stderr')
    const jobs = node(['jobs.cjs'], '.', DEBUG)
    await jobs.line(/in use by another app \(.*api\.cjs\)/, 'stderr')
  })

  it('leaves two processes of one script in one folder together', async () => {
    await write({ 'package.json': named('app'), 'server.cjs': SERVER })
    const one = node(['server.cjs'], '.')
    await one.line(/metrics on http/, 'stderr')
    const two = node(['server.cjs'], '.', DEBUG)
    await two.line(JOINED, 'stderr')
    await assertGateway(two, 'app')
  })

  it('joins no app that is configured to have it', async () => {
    await write({ 'package.json': named('app'), 'server.cjs': SERVER })
    const one = node(['server.cjs'], '.')
    await one.line(/metrics on http/, 'stderr')
    const two = node(['server.cjs'], '.', { ...DEBUG, OTEL_SERVICE_NAME: 'app' })
    await two.line(/in use by another app/, 'stderr')
  })

  it('is that of the process that began the group, also when a child of another package takes the port over', async () => {
    await write({
      'shop/package.json': named('shop'),
      'shop/server.cjs': `require('node:child_process').fork('../worker/server.cjs');${SERVER}`,
      'worker/package.json': named('worker'),
      'worker/server.cjs': `process.on('disconnect', () => {});${SERVER.replace('ready', 'child')}`,
    })
    const parent = node(['server.cjs'], 'shop', DEBUG)
    const childPort = Number((await parent.line(/^child (\d+)/))[1])
    await parent.line(JOINED, 'stderr')
    await assertGateway(parent, 'shop')
    const response = await fetch(`http://127.0.0.1:${childPort}/`, { headers: { connection: 'close' } })
    const childPid = Number(await response.text())
    try {
      await deployment.scrapeUntil((now) => requests(now) === 2)
      parent.child.kill('SIGKILL')
      await parent.line(/taken over by process/, 'stderr')
      const families = await deployment.scrapeUntil((now) => requests(now) === 2)
      assert.equal(sumOf(families, 'agentgateway_requests_total', { gateway: 'shop' }), 2)
    } finally {
      process.kill(childPid, 'SIGKILL')
    }
  })
})
