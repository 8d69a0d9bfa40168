import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir } from 'node:fs/promises'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, it } from 'node:test'
import { sumOf } from '../harness/prometheus-text.ts'
import { createSite, pause, type Running, type Site } from './app.ts'

/** `LIVES=10 node --test test/processes/short-lives.test.ts` is ten times as many. */
const TIMES = Number(process.env.LIVES ?? 1)

const NAME = 'agentgateway_llm_requests_total'

const REPLY = { model: 'm', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } }

describe('threads and children that make one LLM call and end', () => {
  let site: Site
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
    site = await createSite()
    calls = 0
    status = 200
  })
  afterEach(() => site.clear())

  /** Waits for each line that says how many have ended: on a busy machine all of them may take long. */
  async function ended(main: Running, count: number): Promise<void> {
    for (let number = 25; number < count; number += 25) await main.line(new RegExp(`^ended ${number}$`))
    await main.line(new RegExp(`^ended ${count}$`))
  }

  /** Each is counted once, and of those that ended nothing is left but one file with the sums. */
  async function assertAllCounted(count: number): Promise<void> {
    const families = await site.scrapeUntil((now) => sumOf(now, NAME) >= count)
    assert.deepEqual([sumOf(families, NAME), calls], [count, count])
    let left: string[] = []
    for (const deadline = performance.now() + 30_000; performance.now() < deadline; await pause(50)) {
      left = await filesLeft()
      if (left.length <= 2) break
    }
    assert.ok(left.length <= 2 && left.every((name) => !name.includes('.unclaimed')), left.join())
    assert.equal(sumOf(await site.scrape(), NAME), count)
  }

  async function filesLeft(): Promise<string[]> {
    const entries = await readdir(site.directory, { recursive: true, withFileTypes: true })
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
      const leader = blocked.length > 0 ? 'is blocked until they have ended' : 'answers'
      it(`are all counted, and leave no files: ${many} of kind ${kind}, whose leader ${leader}`, async () => {
        const args = ['burst', kind, String(many), join(site.directory, 'ended'), ...blocked]
        const main = site.node('short-lives.cjs', args, { env })
        await ended(main, many)
        await assertAllCounted(many)
        assert.match(main.stderr(), /^agentgateway-otel: [^\n]*metrics on http:[^\n]*\n$/)
      })
    }
  }

  it('are all counted where the call is refused, and nobody makes it again', async () => {
    status = 429
    const main = site.node('short-lives.cjs', ['burst', 'thread', '10', join(site.directory, 'ended')], { env })
    await ended(main, 10)
    await assertAllCounted(10)
    assert.equal(sumOf(await site.scrape(), NAME, { error_type: '429' }), 10)
  })

  it('are all counted by the next of them to have the port, where they lead one after the other', async () => {
    const count = 24
    const [started, ended] = [join(site.directory, 'started'), join(site.directory, 'ended')]
    for (const folder of [started, ended]) await mkdir(folder)
    const lives = Array.from({ length: count }, (_, number) =>
      site.node('short-lives.cjs', ['short', ended, String(number), started, String(count + 1)], { env }),
    )
    // It has started, but not met anybody, when the others end: so it is stopped meanwhile.
    const last = site.node('server.cjs', [], { env })
    await last.line(/^ready/)
    last.child.kill('SIGSTOP')
    await mkdir(join(started, 'last'))
    for (const life of lives) assert.equal((await life.exit()).code, 0)
    last.child.kill('SIGCONT')
    await assertAllCounted(count)
  })

  it('are all counted when the port that somebody else has becomes free', async () => {
    const foreign = net.createServer((socket) => socket.destroy()).listen(site.port, '127.0.0.1')
    await once(foreign, 'listening')
    try {
      const main = site.node('short-lives.cjs', ['burst', 'thread', '50', join(site.directory, 'ended')], { env })
      await ended(main, 50)
      await main.line(/is in use, so this process serves no metrics until it is free/, 'stderr')
    } finally {
      foreign.close()
    }
    await assertAllCounted(50)
  })

  it('leave nothing for the next start, once all processes of the app have ended', async () => {
    const main = site.node('short-lives.cjs', ['burst', 'thread', '5', join(site.directory, 'ended'), 'blocked'], {
      env,
    })
    await ended(main, 5)
    await main.stop('SIGKILL')
    const again = site.node('server.cjs', [], { env })
    await again.line(/metrics on http/, 'stderr')
    assert.equal(sumOf(await site.scrape(), NAME), 0)
    assert.deepEqual(await filesLeft(), [])
  })
})
