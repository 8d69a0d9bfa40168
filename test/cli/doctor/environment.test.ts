import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../harness/free-port.ts'
import { assertFound, at, createProject, FLAG, runDoctor, SERVER, serve } from './doctor.ts'

const env = at(await freePort())
const APP = 'console.log("ran")'
const project = createProject({ files: { 'app.js': APP, 'server.js': SERVER } })

async function stderrOf(variables: Readonly<Record<string, string>>): Promise<string> {
  const app = project.node([...FLAG, 'app.js'], { ...env, ...variables })
  await app.exit()
  return app.stderr()
}

describe('doctor switched-off', () => {
  for (const [variables, line, what] of [
    [
      { OTEL_SDK_DISABLED: 'true' },
      /is off, because OTEL_SDK_DISABLED/,
      /^OTEL_SDK_DISABLED is true in the environment/,
    ],
    [
      { OTEL_METRICS_EXPORTER: 'none' },
      /no exporter is left/,
      /^With OTEL_METRICS_EXPORTER="none" in the environment no exp/,
    ],
    [
      { AGENTGATEWAY_EXPORTERS: 'none' },
      /no exporter is left/,
      /^With AGENTGATEWAY_EXPORTERS="none" in the environment/,
    ],
  ] as const) {
    it(`reports ${JSON.stringify(variables)}, with which there are no metrics`, async () => {
      assert.match(await stderrOf(variables), line)
      assertFound(await project.diagnose({ env: { ...env, ...variables } }), 'switched-off', 'problem', what)
    })
  }

  it('reports what the start command sets, and what a process has', async () => {
    const args = ['--', `OTEL_SDK_DISABLED=true node ${FLAG.join(' ')} app.js`]
    assertFound(await project.diagnose({ env, args }), 'switched-off', 'problem', /is true in the start command/)

    const app = project.node([...FLAG, 'server.js'], { ...env, OTEL_METRICS_EXPORTER: 'none' })
    await app.line(/^ready/)
    const what = new RegExp(`^With OTEL_METRICS_EXPORTER="none" in process ${app.child.pid} \\(node server\\.js\\)`)
    assertFound(await project.diagnose({ env }), 'switched-off', 'problem', what)
    await app.stop()
  })

  it('hints that nothing is served where there is OTLP alone', async () => {
    const variables = { AGENTGATEWAY_EXPORTERS: 'otlp' }
    assert.match(await stderrOf({ ...variables, AGENTGATEWAY_EXPORT_AT_END: 'false' }), /metrics go to OTLP only/)
    const diagnosis = await project.diagnose({ env: { ...env, ...variables } })
    const [result] = diagnosis.of('switched-off')
    assert.equal(result?.level, 'hint')
    assert.match(result.what, /AGENTGATEWAY_EXPORTERS="otlp" .* only sent by OTLP/)
  })

  it('finds well what AGENTGATEWAY_EXPORTERS switches on again', async () => {
    const diagnosis = await project.diagnose({
      env: { ...env, OTEL_METRICS_EXPORTER: 'none', AGENTGATEWAY_EXPORTERS: 'prometheus' },
    })
    assert.deepEqual(diagnosis.of('switched-off'), [])
    assert.deepEqual(diagnosis.wellOf('switched-off'), ['No variable switches the metrics off.'])
  })
})

describe('doctor wrong-variables', () => {
  it('reports what the preload itself says on stderr, without values that may be secret', async () => {
    const variables = {
      AGENTGATEWAY_METRIC: 'genai',
      OTEL_METRIC_EXPORT_INTERVAL: 'often',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://user:geheim@collector',
    }
    const stderr = await stderrOf(variables)
    const diagnosis = await project.diagnose({ env: { ...env, ...variables } })
    const results = diagnosis.of('wrong-variables')
    assert.equal(results.length, 3)
    assert.equal(diagnosis.exitCode, 1)
    for (const { level, what } of results) {
      assert.equal(level, 'problem')
      assert.ok(stderr.includes(`agentgateway-otel: ${what.replace(/ \(in the environment\)\.$/, '')}\n`), what)
    }
    assert.ok(!JSON.stringify(diagnosis.results).includes('geheim'))
  })

  it('names all places that have the same problem in one result', async () => {
    const variables = { AGENTGATEWAY_METRIC: 'genai' }
    const app = project.node([...FLAG, 'server.js'], { ...env, ...variables })
    await app.line(/^ready/)
    const what = new RegExp(`\\(in process ${app.child.pid} \\(node server\\.js\\), the environment\\)\\.$`)
    assertFound(await project.diagnose({ env: { ...env, ...variables } }), 'wrong-variables', 'problem', what)
    await app.stop()
  })

  it('finds right variables well', async () => {
    const diagnosis = await project.diagnose({ env: { ...env, AGENTGATEWAY_METRICS: 'genai' } })
    assert.deepEqual(diagnosis.wellOf('wrong-variables'), ['The variables are right in the environment.'])
  })
})

/** A real version of Node.js that is older than the one of the tests, if one is installed. */
const VERSIONS = fileURLToPath(new URL('../../node-versions/node_modules', import.meta.url))
const node22 = join(VERSIONS, 'node-22.15/bin/node')

describe('doctor unsupported-runtime', () => {
  it('reports a Node.js that says it is too old, by its path and on the PATH', async () => {
    const old = createProject({
      files: { 'bin/node': '#!/bin/sh\n[ "$*" = --version ] && echo v20.19.0\n', 'app.js': APP },
    })
    chmodSync(join(old.folder, 'bin/node'), 0o755)
    const what = /^The start command runs on Node\.js 20\.19\.0, which is too old/
    const byPath = await old.diagnose({ env, args: ['--', `${old.folder}/bin/node`, ...FLAG, 'app.js'] })
    assertFound(byPath, 'unsupported-runtime', 'problem', what)
    const PATH = `${old.folder}/bin:${process.env.PATH}`
    const args = ['--', 'tsx', ...FLAG, 'app.js']
    assertFound(await old.diagnose({ env: { ...env, PATH }, args }), 'unsupported-runtime', 'problem', what)
  })

  it('reports a start command of Bun and of Deno', async () => {
    for (const [command, name] of [
      ['bun run app.ts', 'Bun'],
      ['deno run -A app.ts', 'Deno'],
    ]) {
      const diagnosis = await project.diagnose({ env, args: ['--', command ?? ''] })
      assertFound(diagnosis, 'unsupported-runtime', 'problem', new RegExp(`runs the app on ${name}`))
    }
  })

  it('runs nothing of the start command', async () => {
    const trap = createProject({ files: { 'bin/tsx': '#!/bin/sh\ntouch ran\n', 'app.js': APP } })
    chmodSync(join(trap.folder, 'bin/tsx'), 0o755)
    writeFileSync(join(trap.folder, 'app.js'), 'require("fs").writeFileSync("ran", "")')
    const before = readdirSync(trap.folder)
    for (const command of ['bin/tsx app.js', 'node app.js', '$(touch ran)', '`touch ran`; touch ran']) {
      await trap.diagnose({ env, args: ['--', command] })
    }
    assert.deepEqual(readdirSync(trap.folder), before)
  })

  it('finds a supported version well', {
    skip: !existsSync(node22) && 'test:matrix installs Node.js 22.15',
  }, async () => {
    const diagnosis = await project.diagnose({ env, args: ['--', node22, ...FLAG, 'app.js'] })
    assert.deepEqual(diagnosis.wellOf('unsupported-runtime'), ['Node.js 22.15.0 is new enough.'])
  })
})

/** Writes a file that has this Node.js claim to be another one, for `--require`. */
function createClaim(assignment: string): readonly string[] {
  const claim = createProject({ files: { 'claim.cjs': assignment } })
  return ['--require', join(claim.folder, 'claim.cjs')]
}

describe('doctor on other platforms and versions', () => {
  it('says that its own Node.js is too old', async () => {
    const versions = "{ value: { ...process.versions, node: '20.19.0' } }"
    const nodeOptions = createClaim(`Object.defineProperty(process, 'versions', ${versions})`)
    const what = /^Node\.js 20\.19\.0 is too old/
    const diagnosis = await project.diagnose({ env, nodeOptions })
    assert.deepEqual([diagnosis.exitCode, diagnosis.results.length], [1, 1])
    assert.match(diagnosis.of('unsupported-runtime')[0]?.what ?? '', what)
    const { code, stdout } = await runDoctor({ cwd: project.folder, env, nodeOptions })
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^problem {2}unsupported-runtime\n {9}Node\.js 20\.19\.0 is too old.*\n {9}Use Node\.js 22\.15 or newer\.\n$/,
    )
  })

  it('says that it cannot see processes elsewhere than on Linux, and what responds at a port that is taken', async () => {
    const nodeOptions = createClaim("Object.defineProperty(process, 'platform', { value: 'freebsd' })")
    const port = await serve((_, response) => response.end('hello'))
    const diagnosis = await project.diagnose({ env: at(port), nodeOptions })
    assertFound(diagnosis, 'unseen-processes', 'hint', /works on Linux only/)
    assertFound(diagnosis, 'port-taken', 'problem', new RegExp(`^Port ${port}, .* is taken by another program`))
  })
})

describe('doctor and an --env-file', () => {
  it('reads the variables that it gives the start command', async () => {
    const written = createProject({ files: { 'app.js': APP, '.env': 'OTEL_SDK_DISABLED=true\n' } })
    const words = ['--env-file=.env', ...FLAG, 'app.js']
    const app = written.node(words, env)
    await app.exit()
    assert.match(app.stderr(), /is off, because OTEL_SDK_DISABLED is true/)
    const diagnosis = await written.diagnose({ env, args: ['--', 'node', ...words] })
    assertFound(diagnosis, 'switched-off', 'problem', /^OTEL_SDK_DISABLED is true in the start command/)
  })

  it('reports one that cannot be read, with which Node.js does not start', async () => {
    const words = ['--env-file', 'no.env', ...FLAG, 'app.js']
    const app = project.node(words, env)
    assert.notEqual((await app.exit()).code, 0)
    const diagnosis = await project.diagnose({ env, args: ['--', 'node', ...words] })
    assertFound(
      diagnosis,
      'wrong-variables',
      'problem',
      /^--env-file "\S*no\.env" cannot be read \(ENOENT\), so that Node\.js does not/,
    )
  })
})

describe('doctor late-variables', () => {
  const files = {
    'app.js': `process.loadEnvFile('.env')\n${SERVER}`,
    '.env': 'OTEL_SERVICE_NAME=late\nDATABASE_URL=x\n',
  }
  const loading = createProject({ files })

  it('hints at variables that the app loads, which have no effect, until Node.js loads them', async () => {
    for (const [words, gateway] of [
      [[...FLAG, 'app.js'], 'shop'],
      [['--env-file=.env', ...FLAG, 'app.js'], 'late'],
    ] as const) {
      const port = await freePort()
      const app = loading.node(words, at(port))
      await app.line(/^ready/)
      const diagnosis = await loading.diagnose({ env: at(port), args: ['--', 'node', ...words] })
      assert.deepEqual(diagnosis.wellOf('unnamed-service'), [`The service is "${gateway}".`])
      if (gateway === 'late') assert.deepEqual(diagnosis.of('late-variables'), [])
      else {
        const what = /^The file \.env has OTEL_SERVICE_NAME, which process \d+ \(node app\.js\) does not have/
        assertFound(diagnosis, 'late-variables', 'hint', what)
      }
      await app.stop()
    }
  })
})
