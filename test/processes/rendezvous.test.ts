import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { until } from '../harness/until.ts'
import {
  createDeployment,
  DEBUG,
  type Deployment,
  JOINED,
  requests,
  type Server,
  sendRequest,
  startServer,
} from './deployment.ts'

describe('a rendezvous that is deleted while its leader runs', () => {
  let deployment: Deployment
  beforeEach(async () => {
    deployment = await createDeployment()
  })
  afterEach(() => deployment.clear())

  const start = () => startServer(deployment, { env: { ...DEBUG, OTEL_SERVICE_NAME: 'x' } })

  /** Deletes the peer socket or its directory, as what cleans temporary files does, and waits for a new socket. */
  async function clean(what: 'the peer socket' | 'the directory'): Promise<void> {
    const directory = join(deployment.directory, (await readdir(deployment.directory))[0] ?? '')
    const sockets = async () => (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.sock'))
    const [socket = ''] = await sockets()
    await rm(what === 'the peer socket' ? join(directory, socket) : directory, { recursive: true })
    await until(
      async () => (await sockets())[0],
      () => `a peer socket in ${directory}`,
    )
  }

  async function assertJoinsAndCounts(follower: Server, total: number): Promise<void> {
    await follower.line(JOINED, 'stderr')
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === total)
  }

  for (const what of ['the peer socket', 'the directory'] as const) {
    it(`is opened again by the first leader, so that a process that starts later joins and is summed: ${what}`, async () => {
      const leader = await start()
      await leader.line(/metrics on http/, 'stderr')
      await clean(what)
      await sendRequest(leader.port)
      await assertJoinsAndCounts(await start(), 2)
    })

    it(`is opened again by a leader that took the port over: ${what}`, async () => {
      const first = await start()
      await first.line(/metrics on http/, 'stderr')
      const second = await start()
      await assertJoinsAndCounts(second, 1)
      await first.stop('SIGKILL')
      await second.line(/metrics on http/, 'stderr')
      await clean(what)
      await assertJoinsAndCounts(await start(), 2)
    })
  }
})
