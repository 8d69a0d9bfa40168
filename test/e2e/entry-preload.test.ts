import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE } from '../harness/app.ts'
import { childEnv } from '../harness/environment.ts'
import { startProcess } from '../harness/process.ts'

/** A directory from which Node.js finds the package. */
const TEST = fileURLToPath(new URL('..', import.meta.url))
const FILE = fileURLToPath(import.meta.resolve('agentgateway-otel'))
const IMPORTS = "import { setRoute } from 'agentgateway-otel'; console.log(typeof setRoute)"

async function startLines(args: readonly string[], nodeOptions?: string): Promise<number> {
  const env = { ...childEnv(), OTEL_EXPORTER_PROMETHEUS_PORT: '0', NODE_OPTIONS: nodeOptions }
  const app = startProcess(NODE, [...args, '--input-type=module', '-e', IMPORTS], { env, cwd: TEST, stdin: 'ignore' })
  assert.equal((await app.exit()).code, 0, app.stderr())
  assert.equal(app.stdout(), 'function\n')
  assert.match(app.stderr(), /^(agentgateway-otel: [^\n]+, metrics on http:\S+\n)*$/)
  return app.stderr().split('\n').length - 1
}

describe('the package without /register', () => {
  for (const flags of [
    ['--import', 'agentgateway-otel'],
    ['--import=agentgateway-otel'],
    ['--require', 'agentgateway-otel'],
    ['-r', 'agentgateway-otel'],
    ['--import', FILE],
    ['--import', 'agentgateway-otel', '--import', 'agentgateway-otel/register'],
  ]) {
    it(`starts the metrics once by ${flags.join(' ').replace(FILE, 'its file')}`, async () => {
      assert.equal(await startLines(flags), 1)
    })
  }

  for (const nodeOptions of ['--import agentgateway-otel', '--require="agentgateway-otel"']) {
    it(`starts the metrics once by NODE_OPTIONS='${nodeOptions}'`, async () => {
      assert.equal(await startLines([], nodeOptions), 1)
    })
  }

  it('starts nothing when only the app imports it', async () => {
    assert.equal(await startLines([]), 0)
  })
})
