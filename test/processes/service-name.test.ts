import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NODE, REGISTER, REGISTER_CJS } from '../harness/app.ts'
import type { RunningProcess } from '../harness/process.ts'
import type { Families } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { app, createDeployment, DEBUG, type Deployment, JOINED, requests, sendRequest } from './deployment.ts'

const SERVER = app('server.cjs')

let deployment: Deployment
beforeEach(async () => {
  deployment = await createDeployment()
})
afterEach(() => deployment.clear())

const load = (file: string) => `require(${JSON.stringify(file)})\n`

/** Writes an app's files into a folder of the deployment, and returns the folder. */
async function createApp(folder: string, name: string | undefined, files: Readonly<Record<string, string>> = {}) {
  const directory = join(deployment.directory, folder)
  const manifest = JSON.stringify({ name, private: true, scripts: { start: 'node server.cjs' } })
  for (const [path, content] of Object.entries({ 'package.json': manifest, 'server.cjs': load(SERVER), ...files })) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), content)
  }
  return directory
}

const run = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  deployment.run(NODE, ['--import', REGISTER, ...args], { cwd, env })

const portOf = async (running: RunningProcess) => Number((await running.line(/^ready (\d+)/))[1])

/** The values of the label on all samples. */
const gatewaysOf = (families: Families) => [
  ...new Set([...families.values()].flatMap(({ samples }) => samples.map(({ labels }) => labels.gateway))),
]

async function gatewaysAfterRequest(running: RunningProcess): Promise<unknown> {
  await sendRequest(await portOf(running))
  return gatewaysOf(await deployment.scrapeUntil((now) => requests(now) >= 1))
}

describe("the label gateway, without a name in the environment, is the name in the app's package.json", () => {
  it('for a script, with its scope', async () => {
    const folder = await createApp('shop', '@acme/shop')
    assert.deepEqual(await gatewaysAfterRequest(run('/', [join(folder, 'server.cjs')])), ['@acme/shop'])
  })

  it('for a script that npm starts', async () => {
    const folder = await createApp('shop', 'shop')
    const npm = deployment.run('npm', ['start'], {
      cwd: folder,
      env: {
        NODE_OPTIONS: `--import ${REGISTER}`,
        PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
        npm_config_update_notifier: 'false',
      },
    })
    // The app reports its id, by which it can be ended: npm's end does not end it.
    const port = await portOf(npm)
    const pid = Number(await (await fetch(`http://127.0.0.1:${port}/`)).text())
    try {
      assert.deepEqual(gatewaysOf(await deployment.scrapeUntil((now) => requests(now) === 1)), ['shop'])
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  it("for a tool in the app's node_modules", async () => {
    const tool = 'node_modules/next/dist/bin/next.cjs'
    const folder = await createApp('shop', 'shop', {
      'node_modules/next/package.json': '{"name":"next"}',
      [tool]: load(SERVER),
    })
    assert.deepEqual(await gatewaysAfterRequest(run(folder, [tool])), ['shop'])
  })

  it("for PM2's script that loads the app's", async () => {
    const container = createRequire(import.meta.url).resolve('pm2/lib/ProcessContainerFork.js')
    const folder = await createApp('shop', 'shop')
    const env = { pm_exec_path: join(folder, 'server.cjs'), pm_cwd: folder }
    assert.deepEqual(await gatewaysAfterRequest(run('/', [container], env)), ['shop'])
  })

  it('for the workers of a cluster', async () => {
    const folder = await createApp('shop', 'shop', {
      'cluster.cjs': `const cluster = require('node:cluster')
if (cluster.isPrimary) { cluster.fork(); cluster.fork() } else require(${JSON.stringify(SERVER)})`,
    })
    assert.deepEqual(await gatewaysAfterRequest(run('/', [join(folder, 'cluster.cjs')])), ['shop'])
  })

  for (const [flag, register] of [
    ['--import', REGISTER],
    ['--require', REGISTER_CJS],
  ] as const) {
    it(`for a worker thread that is alone at its port, with ${flag}`, async () => {
      // The worker's file is in another package.
      const folder = await createApp('shop', 'shop', {
        'node_modules/pool/package.json': '{"name":"pool","scripts":{}}',
        'node_modules/pool/worker.cjs': load(SERVER),
        'server.cjs': "new (require('node:worker_threads').Worker)(require.resolve('pool/worker.cjs'))",
      })
      const running = deployment.run(NODE, [flag, register, join(folder, 'server.cjs')], {
        env: { AGENTGATEWAY_PER_PROCESS: 'true' },
      })
      await sendRequest(await portOf(running))
      const urls = () => [...running.stderr().matchAll(/http:\S+\/metrics/g)].map(([url]) => url)
      const texts = () => Promise.all(urls().map(async (url) => (await fetch(url)).text()))
      const [, counted = ''] = await until(
        async () => /^agentgateway_requests_total(\{.*\}) 1$/m.exec((await texts()).join('\n')) ?? undefined,
      )
      assert.match(counted, /gateway="shop"/)
    })
  }

  it('and is none for code that is no file', async () => {
    const folder = await createApp('shop', 'shop')
    // The argument stands where a script would.
    const running = run(folder, ['-e', load(SERVER), join(folder, 'server.cjs')])
    assert.deepEqual(await gatewaysAfterRequest(running), ['unknown_service:node'])
  })

  it('and is none where the package has no name, or none that can be one', async () => {
    await createApp('.', 'outer')
    for (const manifest of ['{"scripts":{}}', '{"name":" "}']) {
      const folder = await createApp('shop', undefined, { 'package.json': manifest })
      const running = run(folder, ['server.cjs'])
      assert.deepEqual(await gatewaysAfterRequest(running), ['unknown_service:node'])
      await running.stop('SIGKILL')
    }
  })

  it('unless the environment has one, decoded', async () => {
    const folder = await createApp('shop', 'shop')
    const running = run(folder, ['server.cjs'], { OTEL_RESOURCE_ATTRIBUTES: 'service.name=caf%C3%A9%2C%20bar' })
    assert.deepEqual(await gatewaysAfterRequest(running), ['café, bar'])
  })
})

describe('the name in a package.json', () => {
  it('does not make one app of two', async () => {
    const [first, second] = [await createApp('first', 'shop'), await createApp('second', 'shop')]
    const leader = run(first, ['server.cjs'])
    await leader.line(/metrics on http/, 'stderr')
    const other = run(second, ['server.cjs'])
    await other.line(
      new RegExp(`port ${deployment.port} is in use by another app \\(.*first/server\\.cjs\\)`),
      'stderr',
    )
    await sendRequest(await portOf(other))
    await sendRequest(await portOf(leader))
    await deployment.scrapeUntil((now) => requests(now) === 1)
  })

  it('stays that of the app while one of its processes lives, also if that is of another package', async () => {
    const tool = await createApp('tool', 'tool')
    const script = join(tool, 'server.cjs')
    const shop = await createApp('shop', 'shop', {
      // The child is to outlive its parent.
      'server.cjs': `const { spawn } = require('node:child_process')
spawn(process.execPath, [...process.execArgv, ${JSON.stringify(script)}], { stdio: ['ignore', 'inherit', 'inherit'], detached: true })
setInterval(() => {}, 1e6)`,
    })
    const running = run(shop, ['server.cjs'], DEBUG)
    const [port] = await Promise.all([portOf(running), running.line(JOINED, 'stderr')])
    const pid = Number(await (await fetch(`http://127.0.0.1:${port}/`)).text())
    try {
      assert.deepEqual(gatewaysOf(await deployment.scrapeUntil((now) => requests(now) === 1)), ['shop'])
      running.child.kill('SIGKILL')
      await running.line(new RegExp(`taken over by process ${pid}`), 'stderr')
      await sendRequest(port)
      assert.deepEqual(gatewaysOf(await deployment.scrapeUntil((now) => requests(now) === 2)), ['shop'])
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })
})
