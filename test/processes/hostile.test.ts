import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, open, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { DEFAULT_METRICS, METRICS } from '@agentgateway-otel/metrics'
import { createSite, type Running, requests, type Site } from './app.ts'

/** Whoever is the same user can reach the door and the files: it may break its own numbers, and no more. */
describe('a broken or hostile process of the same user', () => {
  let site: Site
  let leader: Running & { port: number }
  let member: Running & { port: number }

  beforeEach(async () => {
    site = await createSite()
    leader = await serving()
    await leader.line(/metrics on http/, 'stderr')
    member = await serving()
    await member.line(/counted by the process/, 'stderr')
    await ask(leader.port)
    await ask(member.port)
    await site.scrapeUntil((now) => requests(now) === 2)
  })
  afterEach(() => site.clear())

  async function serving(): Promise<Running & { port: number }> {
    const running = site.node('server.cjs', [], { env: { OTEL_LOG_LEVEL: 'debug' } })
    return { ...running, port: Number((await running.line(/^ready (\d+)/))[1]) }
  }

  const meetingPlace = async () => {
    const directory = join(
      site.directory,
      (await readdir(site.directory)).find((name) => name.startsWith('agentgateway-otel')) ?? '',
    )
    const names = await readdir(directory)
    const door = join(directory, names.find((name) => name.endsWith('.sock')) ?? '')
    const groups = join(directory, names.find((name) => !name.endsWith('.sock')) ?? '')
    return { door, group: join(groups, (await readdir(groups))[0] ?? '') }
  }

  it('is sent away from the door when it says nonsense, too much, or too much of the right', async () => {
    const { door } = await meetingPlace()
    const hello = { id: 'x-1', pid: 1, cwd: '/', entry: '/', ancestors: [] }
    for (const words of [
      'nonsense\n',
      '[1]\n',
      'null\n',
      `{"hello":${JSON.stringify({ ...hello, id: '../../x' })}}\n`,
      `{"hello":${JSON.stringify({ ...hello, ancestors: Array(1000).fill(1) })}}\n`,
      '{"hello":{}}\n',
      'x'.repeat(10_000_000),
    ]) {
      const socket = net.connect(door)
      const closed = new Promise((resolve) => socket.once('close', resolve))
      socket.on('error', () => {})
      socket.write(words)
      await closed
    }
    // Same script, so it is let in, and then does not do as it is asked.
    const entry = JSON.parse((await linesOf(member.child.pid)).split('\n')[0] ?? '').process
    const socket = net.connect(door)
    socket.write(`{"hello":${JSON.stringify({ ...entry, id: 'liar-1' })}}\n${'{"collected":1}\n'.repeat(50_000)}`)
    await once(socket, 'data')
    assert.equal(requests(await site.scrape()), 2)
    socket.destroy()
    await site.scrapeUntil((now) => requests(now) === 2)
  })

  it('invents no families or labels, and breaks nobody else’s numbers, by what it writes', async () => {
    const { group } = await meetingPlace()
    const about = JSON.parse((await linesOf(member.child.pid)).split('\n')[0] ?? '')
    const name = METRICS.requests.name
    const rows = [
      ['agentgateway_invented_total', 'GET', '200', '/', 'http'],
      [name, 'GET', '200', '/', 'http', 'one too many'],
      [name, 'GET', '200', 'x'.repeat(10_000), 'http'],
      [name, 'INVENTED', '200', '/', 'http'],
      [name, 'GET', '200', 7, 'http'],
      ['__proto__', 'GET'],
      [name, 'GET', '200', '/\n"\\', 'http'],
      [name, 'GET', '201', '/', 'http'],
      [name, 'GET', '202', '/', 'http'],
    ]
    const widths = { ...about.widths, agentgateway_invented_total: 1, ['__proto__']: 1, constructor: 1 }
    const numbers = [9, 9, 9, 9, 9, 9, 5, Number.NEGATIVE_INFINITY, -3]
    await writeFile(join(group, 'hostile-1'), encode({ ...about, widths }, rows, numbers))
    await writeFile(join(group, 'hostile-2'), encode({ ...about, widths: { ...widths, [name]: 3 } }, rows, numbers))
    await writeFile(join(group, 'hostile-3'), encode(about, [[name, 'GET', '200', '/', 'http']], []))
    await writeFile(join(group, 'hostile-4'), 'nonsense')
    await writeFile(join(group, 'hostile-5'), encode(about, Array(100_000).fill([name]), []))
    await writeFile(join(group, 'hostile-6'), encode('nobody', [], []))
    await symlink('/dev/zero', join(group, 'hostile-7'))
    await mkdir(join(group, 'hostile-8'))
    const sparse = await open(join(group, 'hostile-9'), 'w')
    await sparse.truncate(2 ** 40)
    await sparse.close()
    const families = await site.scrapeUntil((now) => requests(now) === 7)
    assert.deepEqual([...families.keys()].sort(), DEFAULT_METRICS.map((metric) => metric.name).sort())
    const samples = families.get(name)?.samples ?? []
    assert.ok(samples.some(({ labels, value }) => labels.route === '/\n"\\' && value === 5))
    assert.ok(samples.every(({ labels }) => labels.method === 'GET'))
    await ask(member.port)
    await site.scrapeUntil((now) => requests(now) === 8)
  })

  it('of another user is not met at all: the directory must be this user’s alone', async () => {
    await Promise.all([leader.stop('SIGKILL'), member.stop('SIGKILL')])
    const directory = join(
      site.directory,
      (await readdir(site.directory)).find((name) => name.startsWith('agentgateway-otel')) ?? '',
    )
    await chmod(directory, 0o777)
    const first = await serving()
    await first.line(
      /the processes of this app cannot find each other, .* is not a directory that only this user can enter\); set TMPDIR /,
      'stderr',
    )
    await ask(first.port)
    await site.scrapeUntil((now) => requests(now) === 1)
    const second = await serving()
    await second.line(/port \d+ is in use, so this process serves no metrics/, 'stderr')
  })

  async function linesOf(pid: number | undefined): Promise<string> {
    const { group } = await meetingPlace()
    const file = (await readdir(group)).find((name) => name.startsWith(`${pid}-`)) ?? assert.fail(`no file of ${pid}`)
    const content = await readFile(join(group, file))
    return content.toString('utf8', 16, 16 + content.readUInt32LE(8))
  }
})

function encode(about: unknown, rows: readonly unknown[], numbers: readonly number[]): Buffer {
  const lines = Buffer.from([about, ...rows].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const preamble = Buffer.alloc(16)
  preamble.write('AGWOTEL1')
  preamble.writeUInt32LE(lines.length, 8)
  const padding = Buffer.alloc((8 - (lines.length % 8)) % 8)
  return Buffer.concat([preamble, lines, padding, new Uint8Array(Float64Array.from(numbers).buffer)])
}

const ask = async (port: number) =>
  (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text()
