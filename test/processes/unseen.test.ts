import assert from 'node:assert/strict'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { REGISTER, REGISTER_CJS } from '../harness/app.ts'
import { createSite, type Running, requests, type Site } from './app.ts'

const DEBUG = { OTEL_LOG_LEVEL: 'debug' }
const JOINED = /counted by the process that has port/

let site: Site
beforeEach(async () => {
  site = await createSite()
})
afterEach(() => site.clear())

async function serving(): Promise<Running & { port: number }> {
  const running = site.node('server.cjs', [], { env: { ...DEBUG, OTEL_SERVICE_NAME: 'x' } })
  return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
}

const ask = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()

describe('an app that watches all that it can of Node.js', () => {
  const watching = () =>
    site.node('watches-sockets.cjs', [join(site.directory, 'end')], { env: { ...DEBUG, OTEL_SERVICE_NAME: 'x' } })

  async function assertNothingSeen(app: Running): Promise<void> {
    await writeFile(join(site.directory, 'end'), '')
    const [, seen = ''] = await app.line(/^seen (.*)/)
    assert.deepEqual(JSON.parse(seen), [])
    assert.equal((await app.exit()).code, 0)
  }

  it('sees nothing of the preload while it has the port, others join it and it is scraped', async () => {
    const leader = watching()
    await leader.line(/metrics on http/, 'stderr')
    const follower = await serving()
    await follower.line(JOINED, 'stderr')
    await ask(follower.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    await assertNothingSeen(leader)
  })

  it('sees nothing of the preload while another process has the port, and scrapes ask it', async () => {
    const leader = await serving()
    await leader.line(/metrics on http/, 'stderr')
    const follower = watching()
    await follower.line(JOINED, 'stderr')
    await ask(leader.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    await assertNothingSeen(follower)
  })
})

describe('an app that replaces process.nextTick by what throws', () => {
  it('sees no call of it, and goes on, while another process has the port, and scrapes ask it', async () => {
    const leader = await serving()
    await leader.line(/metrics on http/, 'stderr')
    const env = { ...DEBUG, OTEL_SERVICE_NAME: 'x' }
    for (const flags of [
      ['--import', REGISTER],
      ['--require', REGISTER_CJS],
    ]) {
      const end = join(site.directory, `end${flags[0]}`)
      const follower = site.node('breaks-ticks.cjs', [end], { env, flags })
      await follower.line(JOINED, 'stderr')
      await ask(leader.port)
      await site.scrape()
      await writeFile(end, '')
      await follower.line(/^seen \[\]$/)
      assert.equal((await follower.exit()).code, 0)
    }
  })
})

describe('what is cleaned out of the temporary directory', () => {
  for (const what of ['the socket', 'the whole directory']) {
    it(`is made anew by the first process that has the port, which others join: ${what}`, async () => {
      const leader = await serving()
      await leader.line(/metrics on http/, 'stderr')
      const directory = join(site.directory, (await readdir(site.directory))[0] ?? '')
      const sockets = async () => (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.sock'))
      const [socket = ''] = await sockets()
      await rm(what === 'the socket' ? join(directory, socket) : directory, { recursive: true })
      while ((await sockets()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      const follower = await serving()
      await follower.line(JOINED, 'stderr')
      await ask(follower.port)
      await site.scrapeUntil((now) => requests(now) === 1)
    })
  }
})
