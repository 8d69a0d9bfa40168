import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { childEnv } from '../harness/environment.ts'
import { type RunningProcess, startProcess } from '../harness/process.ts'

const DEMO = fileURLToPath(new URL('../../examples/agent/demo.js', import.meta.url))

describe('the demo', () => {
  it('shows that every default metric moves, and leaves no process behind', async () => {
    const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0' })
    const { code, stdout, stderr } = await ended(demo)
    assert.equal(code, 0, stdout + stderr)
    for (const { name } of DEFAULT_METRICS) assert.match(stdout, new RegExp(`^ *${name} `, 'm'))
    assert.match(stdout, new RegExp(`^All ${DEFAULT_METRICS.length} metrics moved\\.$`, 'm'))
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, `wider than 100 columns: ${line}`)
    await assertRefuses(appUrlIn(stdout))
  })

  it('keeps running with --watch, and ends its app when it is interrupted', async () => {
    const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }, '--watch')
    await demo.line(/end with Ctrl-C/)
    const appUrl = appUrlIn(demo.stdout())
    assert.equal((await fetch(`${appUrl}/health`)).status, 200)
    demo.child.kill('SIGINT')
    const { code, stdout, stderr } = await ended(demo)
    assert.equal(code, 0, stdout + stderr)
    await assertRefuses(appUrl)
  })

  for (const [variable, what] of [
    ['PORT', 'of the app'],
    ['OTEL_EXPORTER_PROMETHEUS_PORT', 'of the metrics'],
  ] as const) {
    it(`names the port ${what} that is taken, and the variable ${variable}, on stderr`, async () => {
      const server = net.createServer().listen(0)
      await once(server, 'listening')
      const { port } = server.address() as net.AddressInfo
      try {
        const demo = runDemo({ PORT: '0', OTEL_EXPORTER_PROMETHEUS_PORT: '0', [variable]: String(port) })
        const { code, stdout, stderr } = await ended(demo)
        assert.equal(code, 1)
        assert.equal(stdout, '')
        const expected = `demo: port ${port}, ${what}, is taken: end what has it, or set ${variable} to a free port\n`
        assert.equal(stderr, expected)
      } finally {
        server.close()
      }
    })
  }

  const runDemo = (env: Record<string, string>, ...args: string[]) =>
    startProcess(process.execPath, [DEMO, ...args], { env: { ...childEnv(), ...env } })

  async function ended(demo: RunningProcess) {
    const { code } = await demo.exit()
    return { code, stdout: demo.stdout(), stderr: demo.stderr() }
  }
})

const appUrlIn = (stdout: string) => /^The app, .*: (http:\S+)$/m.exec(stdout)?.[1] ?? assert.fail(stdout)

/** Asserts that nothing listens at this URL: the app has ended. */
async function assertRefuses(url: string): Promise<void> {
  const socket = net.connect(Number(new URL(url).port), 'localhost')
  const [error] = await Promise.race([once(socket, 'error'), once(socket, 'connect').then(() => [undefined])])
  socket.destroy()
  assert.equal((error as NodeJS.ErrnoException | undefined)?.code, 'ECONNREFUSED')
}
