import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { after, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { childEnv } from '../harness/environment.ts'

const DEMO = fileURLToPath(new URL('../../examples/agent/demo.js', import.meta.url))

describe('the demo', () => {
  const children: ChildProcess[] = []
  after(() => {
    for (const child of children) child.kill('SIGKILL')
  })

  it('shows all default metrics, says that they moved, and leaves nothing behind', async () => {
    const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0' })
    const { code, stdout, stderr } = await demo.ended
    assert.equal(code, 0, stdout + stderr)
    for (const { name } of DEFAULT_METRICS) assert.match(stdout, new RegExp(`^ *${name} `, 'm'))
    assert.match(stdout, new RegExp(`^All ${DEFAULT_METRICS.length} metrics moved\\.$`, 'm'))
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, `wider than 100 columns: ${line}`)
    await refuses(appUrlIn(stdout))
  })

  it('keeps running with --watch, and takes the app along when it is interrupted', async () => {
    const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }, '--watch')
    await demo.says(/end with Ctrl-C/)
    const appUrl = appUrlIn(demo.stdout())
    assert.equal((await fetch(`${appUrl}/health`)).status, 200)
    demo.child.kill('SIGINT')
    const { code, stdout, stderr } = await demo.ended
    assert.equal(code, 0, stdout + stderr)
    await refuses(appUrl)
  })

  for (const [variable, what] of [
    ['PORT', 'of the app'],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', 'of the metrics'],
  ] as const) {
    it(`says which port is taken, and to set ${variable}`, async () => {
      const server = net.createServer().listen(0)
      await once(server, 'listening')
      const { port } = server.address() as net.AddressInfo
      try {
        const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0', [variable]: String(port) })
        const { code, stdout, stderr } = await demo.ended
        assert.equal(code, 1)
        assert.equal(stdout, '')
        const expected = `demo: port ${port}, ${what}, is taken: end what has it, or set ${variable} to a free port\n`
        assert.equal(stderr, expected)
      } finally {
        server.close()
      }
    })
  }

  function runDemo(env: Record<string, string>, ...args: string[]) {
    const child = spawn(process.execPath, [DEMO, ...args], { env: { ...childEnv(), ...env }, stdio: 'pipe' })
    children.push(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))

    async function says(pattern: RegExp): Promise<void> {
      while (!pattern.test(stdout)) {
        const next = once(child.stdout, 'data').then(() => undefined)
        const end = await Promise.race([next, ended])
        if (end && !pattern.test(stdout)) assert.fail(`the demo ended before ${pattern}\n${stdout}${stderr}`)
      }
    }
    return { child, ended, says, stdout: () => stdout }
  }
})

const appUrlIn = (stdout: string) => /^The app, .*: (http:\S+)$/m.exec(stdout)?.[1] ?? assert.fail(stdout)

/** Nothing listens there any more: the app is gone. */
async function refuses(url: string): Promise<void> {
  const socket = net.connect(Number(new URL(url).port), 'localhost')
  const [error] = await Promise.race([once(socket, 'error'), once(socket, 'connect').then(() => [undefined])])
  socket.destroy()
  assert.equal((error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
}
