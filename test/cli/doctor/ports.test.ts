import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freePort } from '../../harness/free-port.ts'
import { until } from '../../harness/until.ts'
import { assertFound, at, createProject, FLAG, SERVER, serve } from './doctor.ts'

const LINUX = { skip: process.platform !== 'linux' && '/proc is Linux’s' }

const createShop = () => createProject({ files: { 'server.js': SERVER } })
const shop = createShop()

describe('doctor port-taken', LINUX, () => {
  it('reports another program that has the port, which the app does not get', async () => {
    const holder = createProject({ isInstalled: false, files: { 'holder.cjs': HOLDER } })
    const other = holder.node(['holder.cjs', '--password=geheim'])
    const port = Number((await other.line(/^ready (\d+)/))[1])

    const app = shop.node([...FLAG, 'server.js'], at(port))
    await app.line(new RegExp(`port ${port} is in use`), 'stderr')
    await app.stop()

    const diagnosis = await shop.diagnose({ env: at(port) })
    const what = new RegExp(`^Port ${port}, .* is taken by node \\(process ${other.child.pid}\\)\\.$`)
    const { advice } = assertFound(diagnosis, 'port-taken', 'problem', what)
    assert.match(advice ?? '', /OTEL_EXPORTER_PROMETHEUS_PORT/)
    assert.ok(!JSON.stringify(diagnosis.results).includes('geheim'))
    await other.stop()
    assert.deepEqual((await shop.diagnose({ env: at(port) })).wellOf('port-taken'), [`Port ${port} is free.`])
  })

  it('reports another app with metrics that has the port, by its name and process', async () => {
    const port = await freePort()
    const billing = createProject({ files: { 'server.js': SERVER } })
    const other = billing.node([...FLAG, 'server.js'], { ...at(port), OTEL_SERVICE_NAME: 'billing' })
    await other.line(/^ready/)
    const what = new RegExp(
      `^Port ${port} is served by the app "billing" \\(process ${other.child.pid}\\), which is not the app in`,
    )
    assertFound(await shop.diagnose({ env: at(port) }), 'port-taken', 'problem', what)

    // Processes with the same name share a port, and whoever names the URL wants to see this one.
    const same = await shop.diagnose({ env: { ...at(port), OTEL_SERVICE_NAME: 'billing' } })
    const named = await shop.diagnose({ args: ['--url', `http://127.0.0.1:${port}`] })
    assert.deepEqual([same.of('port-taken'), named.of('port-taken')], [[], []])
    await other.stop()
  })

  it('finds an app well that has the preload in its code', async () => {
    const importing = createProject({ files: { 'server.js': `import 'agentgateway-otel/register'\n${SERVER}` } })
    const port = await freePort()
    const app = importing.node(['server.js'], at(port))
    await app.line(/^ready/)
    const diagnosis = await importing.diagnose({ env: at(port) })
    assert.equal(diagnosis.exitCode, 0)
    assert.equal(diagnosis.wellOf('port-taken').length, 1)
    await app.stop()
  })

  it('finds the app itself well', async () => {
    const port = await freePort()
    const app = shop.node([...FLAG, 'server.js'], at(port))
    await app.line(/^ready/)
    const diagnosis = await shop.diagnose({ env: at(port) })
    assert.equal(diagnosis.exitCode, 0)
    assert.deepEqual(diagnosis.wellOf('port-taken'), [
      `Port ${port} is served by the app "shop" (process ${app.child.pid}).`,
    ])
    await app.stop()
  })
})

const HOLDER = `
const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log('ready ' + server.address().port))
`

describe('doctor silent-endpoint', () => {
  it('cannot see an endpoint that is given and does not respond', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const diagnosis = await shop.diagnose({ args: ['--url', url] })
    assertFound(diagnosis, 'silent-endpoint', 'unseen', new RegExp(`^Nothing listens at ${url}/metrics`))
    assert.equal(diagnosis.exitCode, 2)
  })

  it('cannot see an endpoint that wants a token, unless it has it', async () => {
    const port = await freePort()
    const token = 'a-token-of-sixteen-characters'
    const app = shop.node([...FLAG, 'server.js'], { ...at(port), AGENTGATEWAY_METRICS_TOKEN: token })
    await app.line(/^ready/)
    const args = ['--url', `http://127.0.0.1:${port}`]
    const refused = await shop.diagnose({ args })
    assertFound(refused, 'silent-endpoint', 'unseen', /wants credentials \(401\).*AGENTGATEWAY_METRICS_TOKEN/)
    const seen = await shop.diagnose({ args, env: { AGENTGATEWAY_METRICS_TOKEN: token } })
    assert.equal(seen.exitCode, 0)
    assert.deepEqual(seen.wellOf('silent-endpoint'), [`The metrics at http://127.0.0.1:${port}/metrics can be read.`])
    assert.ok(!JSON.stringify([refused, seen]).includes(token))

    // The doctor finds the process, and its token, by itself on Linux.
    if (process.platform === 'linux') {
      const found = await shop.diagnose()
      assert.equal(found.exitCode, 0)
      assert.ok(!JSON.stringify(found).includes(token))
    }
    await app.stop()
  })

  it('cannot see an endpoint that is too busy', async () => {
    const port = await serve((_, response) => response.writeHead(503).end())
    const diagnosis = await shop.diagnose({ args: ['--url', `127.0.0.1:${port}`] })
    assertFound(diagnosis, 'silent-endpoint', 'unseen', /more to do than it takes at once \(503\)/)
  })

  it('reports a process with the flag that serves nothing', LINUX, async () => {
    const lost = createShop()
    const env = { ...at(await freePort()), OTEL_EXPORTER_PROMETHEUS_HOST: 'no-such-host.invalid' }
    const app = lost.node([...FLAG, 'server.js'], env)
    await app.line(/cannot listen on no-such-host\.invalid/, 'stderr')
    const what = new RegExp(
      `^Process ${app.child.pid} \\(node server\\.js\\) has the flag, but .* no-such-host\\.invalid`,
    )
    assertFound(await lost.diagnose(), 'silent-endpoint', 'problem', what)
    await app.stop()
  })

  it('hints that no app runs, and could see nothing where there is no app at all', async () => {
    const env = at(await freePort())
    assertFound(await shop.diagnose({ env }), 'silent-endpoint', 'hint', /^No app with metrics runs here/)
    const nothing = createProject({ isInstalled: false })
    rmSync(join(nothing.folder, 'package.json'))
    assertFound(await nothing.diagnose({ env }), 'silent-endpoint', 'unseen', /^There is nothing to look at/)
  })
})

describe('doctor open-endpoint', LINUX, () => {
  it('hints at an endpoint on all addresses without a lock, and at no other', async () => {
    for (const [env, isOpen] of [
      [{}, true],
      [{ OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1' }, false],
      [{ AGENTGATEWAY_METRICS_TOKEN: 'a-token-of-sixteen-characters' }, false],
    ] as const) {
      const port = await freePort()
      const app = shop.node([...FLAG, 'server.js'], { OTEL_EXPORTER_PROMETHEUS_PORT: String(port), ...env })
      await app.line(/^ready/)
      const diagnosis = await shop.diagnose()
      if (isOpen) assertFound(diagnosis, 'open-endpoint', 'hint', new RegExp(`at port ${port} of all addresses`))
      else assert.deepEqual(diagnosis.of('open-endpoint'), [])
      await app.stop()
    }
  })
})

describe('doctor separate-processes', LINUX, () => {
  /** Starts the app twice, and waits until both have started. */
  async function startTwo(project: typeof shop, ...environments: readonly Record<string, string>[]) {
    const apps = environments.map((env) => project.node([...FLAG, 'server.js'], env))
    await Promise.all(apps.map((app) => app.line(/^ready/)))
    return { apps, stop: () => Promise.all(apps.map((app) => app.stop())) }
  }

  it('reports processes of one app with different ports', async () => {
    const project = createShop()
    const ports = [await freePort(), await freePort()] as const
    const { stop } = await startTwo(project, at(ports[0]), at(ports[1]))
    const what = /^2 processes of node server\.js have different ports \(\d+, \d+\)/
    assertFound(await project.diagnose(), 'separate-processes', 'problem', what)
    await stop()

    // With names of their own, they are two apps, and right.
    const named = (port: number) => ({ ...at(port), OTEL_SERVICE_NAME: `shop-${port}` })
    const two = await startTwo(project, named(ports[0]), named(ports[1]))
    assert.deepEqual((await project.diagnose()).of('separate-processes'), [])
    await two.stop()
  })

  it('hints that each process has an endpoint of its own', async () => {
    const project = createShop()
    const env = { ...at(await freePort()), AGENTGATEWAY_PER_PROCESS: 'true' }
    const { stop } = await startTwo(project, env, env)
    assertFound(await project.diagnose(), 'separate-processes', 'hint', /^2 processes .* AGENTGATEWAY_PER_PROCESS=true/)
    await stop()
  })

  it('reports a process with another name, which is not in the sums', async () => {
    const project = createShop()
    const env = at(await freePort())
    const first = project.node([...FLAG, 'server.js'], { ...env, OTEL_SERVICE_NAME: 'shop' })
    await first.line(/^ready/)
    const second = project.node([...FLAG, 'server.js'], { ...env, OTEL_SERVICE_NAME: 'shop-2' })
    await second.line(/is in use|belongs|serves no metrics/, 'stderr')
    const what = new RegExp(
      `^Of 2 processes of node server\\.js, 1 \\(process ${second.child.pid}\\) is not in the sums`,
    )
    assertFound(await project.diagnose(), 'separate-processes', 'problem', what)
    await Promise.all([first.stop(), second.stop()])
  })

  it('names a temporary directory that cannot be written to', async () => {
    const project = createShop()
    const env = { ...at(await freePort()), TMPDIR: join(project.folder, 'no-such-directory') }
    const first = project.node([...FLAG, 'server.js'], env)
    await first.line(/^ready/)
    const second = project.node([...FLAG, 'server.js'], env)
    await second.line(/serves no metrics/, 'stderr')
    const what = /^Of 2 processes .* there is no temporary directory that they can write to/
    assertFound(await project.diagnose(), 'separate-processes', 'problem', what)
    await Promise.all([first.stop(), second.stop()])
  })

  it('finds the workers of an app well, and says what they have in common once', async () => {
    const parent = `
      import { fork } from 'node:child_process'
      for (const script of ['worker.js', 'worker.js', 'other.js']) fork(script).on('message', () => console.log('ready ' + script))`
    const worker = "process.send('started')\nprocess.on('disconnect', () => process.exit())"
    const project = createProject({ files: { 'parent.js': parent, 'worker.js': worker, 'other.js': worker } })
    const env = { ...at(await freePort()), AGENTGATEWAY_METRIC: 'genai' }
    const app = project.node([...FLAG, 'parent.js'], env)
    await Promise.all([app.line(/^ready other\.js/), app.line(/^ready worker\.js/)])
    await until(async () => {
      const diagnosis = await project.diagnose()
      if (diagnosis.wellOf('separate-processes').length !== 1) return undefined
      assert.deepEqual(diagnosis.wellOf('separate-processes'), ['2 processes of node worker.js share one endpoint.'])
      assert.deepEqual([diagnosis.of('unnamed-service'), diagnosis.of('port-taken')], [[], []])
      assert.equal(diagnosis.of('wrong-variables').length, 1)
      return diagnosis
    })
    await app.stop()
  })

  it('finds processes well that share one endpoint', async () => {
    const project = createShop()
    const env = at(await freePort())
    const { stop } = await startTwo(project, env, env)
    await until(async () => {
      const diagnosis = await project.diagnose()
      return (
        diagnosis.wellOf('separate-processes').includes('2 processes of node server.js share one endpoint.') ||
        undefined
      )
    })
    await stop()
  })
})
