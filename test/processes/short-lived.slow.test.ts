import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import type { RunningProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { until } from '../harness/until.ts'
import { createDeployment, type Deployment } from './deployment.ts'

/** How many times as many threads and children are started: `LIVES=10 node --test test/processes/short-lived.slow.test.ts`. */
const TIMES = Number(process.env.LIVES ?? 1)

const NAME = 'agentgateway_llm_requests_total'

const REPLY = { model: 'm', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }

describe('the LLM calls of threads and children that make one call and end', () => {
  let deployment: Deployment
  let provider: http.Server
  let env: { PROVIDER: string; OTEL_SERVICE_NAME: string }
  let calls: number
  let status: number

  before(async () => {
    provider = http.createServer((request, response) => {
      request.resume().on('end', () => {
        calls++
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(REPLY))
      })
    })
    provider.listen(0, '127.0.0.1')
    await once(provider, 'listening')
    const { port } = provider.address() as AddressInfo
    env = { PROVIDER: `http://127.0.0.1:${port}`, OTEL_SERVICE_NAME: 'short' }
  })
  after(() => {
    provider.close()
    provider.closeAllConnections()
  })
  beforeEach(async () => {
    deployment = await createDeployment()
    calls = 0
    status = 200
  })
  afterEach(() => deployment.clear())

  /** Waits until so many have ended. The app writes a line for every 25 of them. */
  async function ended(main: RunningProcess, count: number): Promise<void> {
    await main.line(new RegExp(`^ended ${count}$`))
  }

  /** Waits until each call is counted once, and nothing is left of those that ended but one file with the sums. */
  async function assertAllCounted(count: number): Promise<void> {
    const families = await deployment.scrapeUntil((now) => sumOf(now, NAME) >= count)
    assert.deepEqual([sumOf(families, NAME), calls], [count, count])
    let left: string[] = []
    await until(
      async () => {
        left = await filesLeft()
        return left.length <= 2 || undefined
      },
      () => `no more than two files are left: ${left.join()}`,
    )
    assert.ok(
      left.every((name) => !name.includes('.unclaimed')),
      left.join(),
    )
    assert.equal(sumOf(await deployment.scrape(), NAME), count)
  }

  async function filesLeft(): Promise<string[]> {
    const entries = await readdir(deployment.directory, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && entry.parentPath.includes('agentgateway-otel-'))
      .map((entry) => join(entry.parentPath, entry.name))
  }

  for (const [kind, count] of [
    ['thread', 100],
    ['fork', 50],
    ['child', 50],
  ] as const) {
    const many = count * TIMES
    for (const blocked of [[], ['blocked']]) {
      const leader = blocked.length > 0 ? 'is blocked until they have ended' : 'responds meanwhile'
      it(`are all counted, and leave no files: ${many} of kind ${kind}, whose leader ${leader}`, async () => {
        const args = ['burst', kind, String(many), join(deployment.directory, 'ended'), ...blocked]
        const main = deployment.node('short-lived.cjs', args, { env })
        await ended(main, many)
        await assertAllCounted(many)
        assert.match(main.stderr(), /^agentgateway-otel: [^\n]*metrics on http:[^\n]*\n$/)
      })
    }
  }

  it('are all counted when the provider refuses them and nothing retries', async () => {
    status = 429
    const main = deployment.node('short-lived.cjs', ['burst', 'thread', '10', join(deployment.directory, 'ended')], {
      env,
    })
    await ended(main, 10)
    await assertAllCounted(10)
    assert.equal(sumOf(await deployment.scrape(), NAME, { error_type: '429' }), 10)
  })

  it('are all counted when each process is the leader for a moment, one after the other', async () => {
    const count = 24
    const [started, ended] = [join(deployment.directory, 'started'), join(deployment.directory, 'ended')]
    for (const folder of [started, ended]) await mkdir(folder)
    const lives = Array.from({ length: count }, (_, number) =>
      deployment.node('short-lived.cjs', ['short', ended, String(number), started, String(count + 1)], { env }),
    )
    // The last process has started, but must not join any leader before the others end, so it is stopped meanwhile.
    const last = deployment.node('server.cjs', [], { env })
    await last.line(/^ready/)
    last.child.kill('SIGSTOP')
    await mkdir(join(started, 'last'))
    for (const life of lives) assert.equal((await life.exit()).code, 0)
    last.child.kill('SIGCONT')
    await assertAllCounted(count)
  })

  it('are all counted when a foreign program has the port at first and frees it later', async () => {
    const foreign = net.createServer((socket) => socket.destroy()).listen(deployment.port, '127.0.0.1')
    await once(foreign, 'listening')
    try {
      const main = deployment.node('short-lived.cjs', ['burst', 'thread', '50', join(deployment.directory, 'ended')], {
        env,
      })
      await ended(main, 50)
      await main.line(/is in use, so this process serves no metrics until it is free/, 'stderr')
    } finally {
      foreign.close()
    }
    await assertAllCounted(50)
  })

  it('are forgotten at the next start, once all processes of the app have ended', async () => {
    const main = deployment.node(
      'short-lived.cjs',
      ['burst', 'thread', '5', join(deployment.directory, 'ended'), 'blocked'],
      {
        env,
      },
    )
    await ended(main, 5)
    await main.stop('SIGKILL')
    const again = deployment.node('server.cjs', [], { env })
    await again.line(/metrics on http/, 'stderr')
    assert.equal(sumOf(await deployment.scrape(), NAME), 0)
    assert.deepEqual(await filesLeft(), [])
  })
})
