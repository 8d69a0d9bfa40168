import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
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

/** A process of the same user can reach the peer socket and the snapshots: it may break its own numbers, and no more. */
describe('a broken or hostile process of the same user', () => {
  let deployment: Deployment
  let leader: Server
  let follower: Server

  const start = () => startServer(deployment, { env: DEBUG })

  beforeEach(async () => {
    deployment = await createDeployment()
    leader = await start()
    await leader.line(/metrics on http/, 'stderr')
    follower = await start()
    await follower.line(JOINED, 'stderr')
    await sendRequest(leader.port)
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 2)
  })
  afterEach(() => deployment.clear())

  /** The directory of the leader's peer socket and the snapshots. */
  async function rendezvous(): Promise<string> {
    const names = await readdir(deployment.directory)
    return join(deployment.directory, names.find((name) => name.startsWith('agentgateway-otel')) ?? assert.fail())
  }

  async function peerSocket(): Promise<string> {
    const directory = await rendezvous()
    const names = await readdir(directory)
    return join(directory, names.find((name) => name.endsWith('.sock')) ?? assert.fail())
  }

  /** The directory of the app's snapshots. */
  async function snapshots(): Promise<string> {
    const directory = await rendezvous()
    const names = await readdir(directory)
    const apps = join(directory, names.find((name) => !name.endsWith('.sock')) ?? assert.fail())
    return join(apps, (await readdir(apps))[0] ?? assert.fail())
  }

  it('is disconnected from the peer socket when it sends nonsense, too much, or too many valid messages', async () => {
    const path = await peerSocket()
    const hello = { id: 'x-1', pid: 1, cwd: '/', entry: '/', ancestors: [] }
    for (const text of [
      'nonsense\n',
      '[1]\n',
      'null\n',
      `{"hello":${JSON.stringify({ ...hello, id: '../../x' })}}\n`,
      `{"hello":${JSON.stringify({ ...hello, ancestors: Array(1000).fill(1) })}}\n`,
      '{"hello":{}}\n',
      'x'.repeat(10_000_000),
    ]) {
      const socket = net.connect(path)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.on('error', () => {})
      socket.write(text)
      await closed
    }
    // It runs the same script, so it may join; then it does not write its snapshot when the leader requests it.
    const own = JSON.parse((await headerOf(follower.child.pid)).split('\n')[0] ?? '').process
    const socket = net.connect(path)
    socket.write(`{"hello":${JSON.stringify({ ...own, id: 'liar-1' })}}\n${'{"collected":1}\n'.repeat(50_000)}`)
    await once(socket, 'data')
    assert.equal(requests(await deployment.scrape()), 2)
    socket.destroy()
    await deployment.scrapeUntil((now) => requests(now) === 2)
  })

  it('adds no metrics or labels, and changes no other process’s numbers, by the snapshots that it writes', async () => {
    const directory = await snapshots()
    const header = JSON.parse((await headerOf(follower.child.pid)).split('\n')[0] ?? '')
    const name = METRICS.requests.name
    const series: unknown[][] = [
      ['agentgateway_invented_total', 'GET', '200', '/', 'http'],
      [name, 'GET', '200', '/', 'http', 'one too many'],
      [name, 'GET', '200', 'x'.repeat(10_000), 'http'],
      [name, 'INVENTED', '200', '/', 'http'],
      [name, 'GET', '200', 7, 'http'],
      ['__proto__', 'GET'],
      [name, 'GET', '200', '/\n"\\', 'http'],
      [name, 'GET', '201', '/', 'http'],
      [name, 'GET', '202', '/', 'http'],
    ].map((row) => [...row, 1_790_000_000_000])
    for (const created of ['soon', -1, 1.5, null]) series.push([name, 'GET', '203', '/', 'http', created])
    const widths = { ...header.widths, agentgateway_invented_total: 1, ['__proto__']: 1, constructor: 1 }
    const values = [9, 9, 9, 9, 9, 9, 5, Number.NEGATIVE_INFINITY, -3, 9, 9, 9, 9]
    const write = (file: string, content: string | Buffer) => writeFile(join(directory, file), content)
    await write('hostile-1', encode({ ...header, widths }, series, values))
    await write('hostile-2', encode({ ...header, widths: { ...widths, [name]: 3 } }, series, values))
    await write('hostile-3', encode(header, [[name, 'GET', '200', '/', 'http', 1]], []))
    await write('hostile-4', 'nonsense')
    await write('hostile-5', encode(header, Array(100_000).fill([name]), []))
    await write('hostile-6', encode('nobody', [], []))
    await symlink('/dev/zero', join(directory, 'hostile-7'))
    await mkdir(join(directory, 'hostile-8'))
    const sparse = await open(join(directory, 'hostile-9'), 'w')
    await sparse.truncate(2 ** 40)
    await sparse.close()
    const families = await deployment.scrapeUntil((now) => requests(now) === 7)
    assert.deepEqual([...families.keys()].sort(), DEFAULT_METRICS.map((metric) => metric.name).sort())
    const samples = families.get(name)?.samples ?? []
    assert.ok(samples.some(({ labels, value }) => labels.route === '/\n"\\' && value === 5))
    assert.ok(samples.every(({ labels }) => labels.method === 'GET'))
    await sendRequest(follower.port)
    await deployment.scrapeUntil((now) => requests(now) === 8)
  })

  /** The JSON lines of the snapshot that this process writes: about the process itself, then one for each series. */
  async function headerOf(pid: number | undefined): Promise<string> {
    const directory = await snapshots()
    const file = (await readdir(directory)).find((name) => name.startsWith(`${pid}-`)) ?? assert.fail(`none of ${pid}`)
    const content = await readFile(join(directory, file))
    return content.toString('utf8', 16, 16 + content.readUInt32LE(8))
  }

  it('cannot have a rendezvous in a directory that other users can enter: the app says so and shares no port', async () => {
    await Promise.all([leader.stop('SIGKILL'), follower.stop('SIGKILL')])
    await chmod(await rendezvous(), 0o777)
    const first = await start()
    await first.line(
      /the processes of this app cannot find each other, .* is not a directory that only this user can enter\); set TMPDIR /,
      'stderr',
    )
    await sendRequest(first.port)
    await deployment.scrapeUntil((now) => requests(now) === 1)
    const second = await start()
    await second.line(/port \d+ is in use, so this process serves no metrics/, 'stderr')
  })
})

/** A snapshot file: a preamble, JSON lines about the process and of each series, and the values as doubles. */
function encode(header: unknown, series: readonly unknown[], values: readonly number[]): Buffer {
  const lines = Buffer.from([header, ...series].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const preamble = Buffer.alloc(16)
  preamble.write('AGWOTEL4')
  preamble.writeUInt32LE(lines.length, 8)
  const padding = Buffer.alloc((8 - (lines.length % 8)) % 8)
  return Buffer.concat([preamble, lines, padding, new Uint8Array(Float64Array.from(values).buffer)])
}
