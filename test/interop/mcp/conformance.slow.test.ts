import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER, startApp } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { startProcess } from '../../harness/process.ts'
import { requestsOf } from './counts.ts'
import { startRecordingProxy } from './recording-proxy.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const CONFORMANCE = file('node_modules/@modelcontextprotocol/conformance/dist/index.js')
const INSPECTOR = file('node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js')
const SERVER = { role: 'server', transport: 'streamable_http' } as const

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mcp-conformance-'))
})
after(() => rm(directory, { recursive: true }))

/** Runs a tool to its end, on the Node.js of the tests, whatever the apps run on. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const running = startProcess(process.execPath, args, {
    cwd: directory,
    env: {
      ...childEnv(),
      HOME: directory,
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      ...env,
    },
    stdin: 'ignore',
  })
  const { code } = await running.exit()
  return { code, stdout: running.stdout(), stderr: running.stderr() }
}

/** The line of each scenario with the numbers of checks that passed and failed. */
const verdictsOf = (output: string) => output.match(/^[✓✗] .*: \d+ passed, \d+ failed$/gmu)?.sort() ?? []

/** The counts by method, with all statuses together: the suite's many clients use the same ids at the same time. */
function methodsOf(rows: Readonly<Record<string, number>>): Record<string, number> {
  const methods: Record<string, number> = {}
  for (const [key, count] of Object.entries(rows)) {
    const method = key.split('|')[0] ?? ''
    methods[method] = (methods[method] ?? 0) + count
  }
  return methods
}

describe('the MCP conformance suite', () => {
  for (const [revision, app, args, env, path] of [
    ['2025-11-25', 'apps/everything.js', ['streamableHttp'], {}, '/mcp'],
    ['2026-07-28', 'apps/http-sdk.js', [], { SDK: '2' }, '/stateless'],
  ] as const) {
    it(`gives a server of ${revision} the same verdicts with and without the preload, and has every message counted`, async () => {
      const runs = await Promise.all(
        (['--import', 'none'] as const).map(async (preload) => {
          const server = await startApp(file(app), { preload, args, env })
          const proxy = await startRecordingProxy(Number(server.ready))
          try {
            const { stdout, stderr } = await run([
              CONFORMANCE,
              'server',
              '--url',
              proxy.url + path,
              '--requirements',
              revision,
            ])
            const verdicts = verdictsOf(stdout + stderr)
            assert.ok(verdicts.length > 10, stdout + stderr)
            if (preload === '--import') {
              const sent = proxy.ledger.size
              const families = await server.metricsWhen((families) => requestsOf(families, SERVER).total >= sent)
              assert.deepEqual(methodsOf(requestsOf(families, SERVER).rows), methodsOf(proxy.ledger.rows()))
            }
            return verdicts
          } finally {
            proxy.close()
            await server.stop()
          }
        }),
      )
      assert.deepEqual(runs[0], runs[1])
    })
  }

  it('gives a client the same verdicts with and without the preload', async () => {
    for (const scenario of ['initialize', 'tools_call', 'sse-retry', 'elicitation-sep1034-client-defaults']) {
      const [withPreload, without] = await Promise.all(
        [['--import', REGISTER], []].map(async (flags) => {
          const command = [NODE, ...flags, file('apps/conformance-client.js')].join(' ')
          const args = ['client', '--command', command, '--scenario', scenario, '--spec-version', '2025-11-25']
          const { code, stdout, stderr } = await run([CONFORMANCE, ...args], { OTEL_LOG_LEVEL: 'error' })
          const verdict = (stdout + stderr).match(/^Passed: .*$/gm)
          return { code, verdict, all: stdout + stderr }
        }),
      )
      assert.ok(withPreload?.verdict, withPreload?.all)
      assert.deepEqual([withPreload.code, withPreload.verdict], [without?.code, without?.verdict], scenario)
    }
  })
})

describe('the MCP inspector', () => {
  const list = ['--cli', '--method', 'tools/list', '--transport']

  it('has its messages counted by a server over HTTP', async () => {
    const server = await startApp(file('apps/http-sdk.js'), {})
    const proxy = await startRecordingProxy(Number(server.ready))
    try {
      const { code, stdout, stderr } = await run([INSPECTOR, ...list, 'http', `${proxy.url}/stateful`])
      assert.equal(code, 0, stderr)
      assert.match(stdout, /"echo"/)
      const families = await server.metricsWhen(
        (families) => requestsOf(families, SERVER).total >= proxy.ledger.size && proxy.ledger.size > 0,
      )
      assert.deepEqual(requestsOf(families, SERVER).rows, proxy.ledger.rows())
    } finally {
      proxy.close()
      await server.stop()
    }
  })

  it('receives the same from a server over stdio with and without the preload', async () => {
    const [withPreload, without] = await Promise.all(
      [['--import', REGISTER], []].map((flags) =>
        run([
          INSPECTOR,
          ...list,
          'stdio',
          '-e',
          'OTEL_LOG_LEVEL=none',
          '-e',
          'OTEL_EXPORTER_PROMETHEUS_PORT=0',
          '--',
          NODE,
          ...flags,
          file('apps/stdio-sdk.js'),
        ]),
      ),
    )
    assert.equal(without?.code, 0, without?.stderr)
    assert.match(without.stdout, /"echo"/)
    assert.deepEqual([withPreload?.code, withPreload?.stdout], [without.code, without.stdout])
  })
})
