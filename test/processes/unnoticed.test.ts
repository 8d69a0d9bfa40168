import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { REGISTER, REGISTER_CJS } from '../harness/app.ts'
import type { RunningProcess } from '../harness/process.ts'
import { createDeployment, DEBUG, type Deployment, JOINED, requests, sendRequest, startServer } from './deployment.ts'

const ENV = { ...DEBUG, OTEL_SERVICE_NAME: 'x' }

let deployment: Deployment
beforeEach(async () => {
  deployment = await createDeployment()
})
afterEach(() => deployment.clear())

describe("an app that watches Node's sockets, servers, files and timers", () => {
  const startWatching = () => deployment.node('watches-sockets.cjs', [join(deployment.directory, 'end')], { env: ENV })

  async function assertNothingSeen(app: RunningProcess): Promise<void> {
    await writeFile(join(deployment.directory, 'end'), '')
    const [, seen = ''] = await app.line(/^seen (.*)/)
    assert.deepEqual(JSON.parse(seen), [])
    assert.equal((await app.exit()).code, 0)
  }

  it('sees nothing of the preload while it is the leader, another process joins it and it is scraped', async () => {
    const leader = startWatching()
    await leader.line(/metrics on http/, 'stderr')
    const follower = await startServer(deployment, { env: ENV })
    await follower.line(JOINED, 'stderr')
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    await assertNothingSeen(leader)
  })

  it('sees nothing of the preload while it is a follower whose leader is scraped', async () => {
    const leader = await startServer(deployment, { env: ENV })
    await leader.line(/metrics on http/, 'stderr')
    const follower = startWatching()
    await follower.line(JOINED, 'stderr')
    await sendRequest(leader.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    await assertNothingSeen(follower)
  })
})

describe('an app that replaces process.nextTick by a function that throws', () => {
  it('sees no call of it and keeps running while it is a follower whose leader is scraped', async () => {
    const leader = await startServer(deployment, { env: ENV })
    await leader.line(/metrics on http/, 'stderr')
    for (const flags of [
      ['--import', REGISTER],
      ['--require', REGISTER_CJS],
    ]) {
      const end = join(deployment.directory, `end${flags[0]}`)
      const follower = deployment.node('breaks-ticks.cjs', [end], { env: ENV, flags })
      await follower.line(JOINED, 'stderr')
      await sendRequest(leader.port)
      await deployment.scrape()
      await writeFile(end, '')
      await follower.line(/^seen \[\]$/)
      assert.equal((await follower.exit()).code, 0)
    }
  })
})
