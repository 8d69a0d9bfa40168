import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { KNOWN_AGENTS } from '../../../packages/agentgateway-otel/src/cli/doctor/agents.ts'
import { FRAMEWORKS } from '../../../packages/agentgateway-otel/src/cli/doctor/frameworks.ts'
import { freePort } from '../../harness/free-port.ts'
import { AGENTS } from '../../interop/coexistence/agents.ts'
import { assertFound, at, createProject, FLAG, installedIn, SERVER } from './doctor.ts'

const env = at(await freePort())
const EDOT = '@elastic/opentelemetry-node'

describe('doctor other-agents', () => {
  it('knows the agents that tests run beside this package, and says of them what the README says', () => {
    const tested = new Map(
      Object.values(AGENTS)
        .flatMap(({ packages, known }) => packages.map((name) => [name, known] as const).reverse())
        .reverse(),
    )
    assert.deepEqual(new Map(KNOWN_AGENTS.map(({ name, known }) => [name, known])), tested)
  })

  it('names agents of package.json, and what is known of them', async () => {
    const dependencies = { 'dd-trace': '^6', 'elastic-apm-node': '^4', express: '^5' }
    const project = createProject({ files: { 'package.json': { name: 'shop', dependencies } } })
    const diagnosis = await project.diagnose({ env })
    const results = diagnosis.of('other-agents')
    assert.deepEqual(
      results.map(({ level, what }) => [level, what]),
      [
        [
          'hint',
          'elastic-apm-node is in package.json. It works beside this package. ES modules need its loader hook, with which apps end on Node.js 22.',
        ],
        ['hint', 'dd-trace is in package.json. It works beside this package.'],
      ],
    )
    assert.equal(diagnosis.exitCode, 0)
  })

  it('names an agent of a start command, of NODE_OPTIONS and of a process, and says nothing without one', async () => {
    const project = createProject({ files: { 'server.js': SERVER } })
    const inCommand = await project.diagnose({ env, args: ['--', 'node', '-r', 'dd-trace/init', ...FLAG, 'server.js'] })
    assertFound(inCommand, 'other-agents', 'hint', /^dd-trace is in the start command\./)
    const path = installedIn('interop/coexistence', 'newrelic')
    const inScript = createProject({
      files: { 'package.json': { name: 'shop', scripts: { start: `NODE_OPTIONS="-r ${path}" node server.js` } } },
    })
    assertFound(
      await inScript.diagnose({ env }),
      'other-agents',
      'hint',
      /^newrelic is in the script "start" of package\.json\./,
    )
    assert.deepEqual((await project.diagnose({ env })).of('other-agents'), [])
  })

  it("advises to load this package before Elastic's, whose variables apply to what stands behind it", async () => {
    const path = installedIn('interop/coexistence', EDOT)
    const project = createProject({ files: { 'server.js': SERVER }, packages: { [EDOT]: path } })
    const behind = ['--import', EDOT, ...FLAG, 'server.js']
    const before = [...FLAG, '--import', EDOT, 'server.js']

    // It sets OTEL_METRICS_EXPORTER=otlp, with which this package exports as well.
    const app = project.node(behind, {
      ...env,
      ELASTIC_OTEL_METRICS_DISABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    })
    await app.line(/^ready/)
    await app.stop()

    const { advice } = assertFound(
      await project.diagnose({ env, args: ['--', 'node', ...behind] }),
      'other-agents',
      'hint',
      /^@elastic\/opentelemetry-node is in the start command/,
    )
    assert.match(advice ?? '', /put --import agentgateway-otel\/register before it/)
    const right = await project.diagnose({ env, args: ['--', 'node', ...before] })
    assert.equal(right.of('other-agents')[0]?.advice, undefined)
  })
})

describe('the frameworks of doctor', () => {
  it('need the lines that the README of instrumentation-http has', () => {
    const readme = readFileSync(new URL('../../../packages/instrumentation-http/README.md', import.meta.url), 'utf8')
    for (const { name, line } of FRAMEWORKS) {
      assert.ok(readme.includes(name), name)
      if (line !== undefined) assert.ok(readme.includes(`\`${line}\``), line)
    }
  })
})
