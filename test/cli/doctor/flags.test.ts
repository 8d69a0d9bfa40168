import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { freePort } from '../../harness/free-port.ts'
import { assertFound, at, createProject, FLAG, SERVER } from './doctor.ts'

const REGISTER = 'agentgateway-otel/register'
const port = await freePort()
const env = at(port)

/** An app that ends at once. */
const APP = 'console.log("ran")'
const project = createProject({ files: { 'app.js': APP } })

/** Runs Node.js with these words, and returns what it wrote to stderr. */
async function stderrOf(words: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const app = project.node(words, { ...env, ...variables })
  await app.exit()
  return app.stderr()
}

const hasMetrics = (stderr: string) => /^agentgateway-otel: .* metrics on /m.test(stderr)

describe('doctor misspelt-flag', () => {
  for (const [words, error, what] of [
    [['--imprt', REGISTER, 'app.js'], /bad option/, /"--imprt", with which Node\.js ends \(bad option\)/],
    [['-import', REGISTER, 'app.js'], /bad option/, /"-import", with which/],
    [
      ['--import', 'agentgateway-otel/registre', 'app.js'],
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      /otel\/registre", which does not exist/,
    ],
    [
      ['--require', 'agentgateway-otel/register.js', 'app.js'],
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
      /register\.js", which does not/,
    ],
    [
      ['--import', 'agentgatway-otel/register', 'app.js'],
      /Cannot find package/,
      /"agentgatway-otel\/register", which does not exist/,
    ],
    [
      ['--import=@agentgateway-otel/register', 'app.js'],
      /Cannot find package/,
      /"@agentgateway-otel\/register", which does not/,
    ],
    [
      ['--import', './node_modules/agentgateway-otel/dist/registre.js', 'app.js'],
      /Cannot find module/,
      /the file .* does not exist/,
    ],
    [
      [REGISTER, 'app.js'],
      /Cannot find module/,
      /without --import before it, which Node\.js takes for the app's script/,
    ],
    [['--loader', REGISTER, 'app.js'], /ExperimentalWarning/, /gives .* to --loader, which loads it in a thread/],
  ] as const) {
    it(`reports ${words.join(' ')} in the start command, which has no metrics`, async () => {
      const stderr = await stderrOf(words)
      assert.match(stderr, error)
      assert.ok(!hasMetrics(stderr), stderr)
      assertFound(await project.diagnose({ env, args: ['--', 'node', ...words] }), 'misspelt-flag', 'problem', what)
    })
  }

  for (const [value, error, what] of [
    [REGISTER, /^$/, /^NODE_OPTIONS has .* without --import before it, which Node\.js ignores without a word/],
    [`'--import ${REGISTER}'`, /^$/, /^NODE_OPTIONS has quotes around --import .*ignores without a word/],
  ] as const) {
    it(`reports NODE_OPTIONS=${value}, which has no metrics`, async () => {
      const stderr = await stderrOf(['app.js'], { NODE_OPTIONS: value })
      assert.match(stderr, error)
      const diagnosis = await project.diagnose({ env: { ...env, NODE_OPTIONS: value } })
      assertFound(diagnosis, 'misspelt-flag', 'problem', what)
    })
  }

  it('reports the quotes of a variable in a Compose file, with which Node.js ends', async () => {
    const value = `"--import ${REGISTER}"`
    assert.match(await stderrOf(['app.js'], { NODE_OPTIONS: value }), /is not allowed in NODE_OPTIONS/)
    const compose = `services:\n  shop:\n    command: node app.js\n    environment:\n      - NODE_OPTIONS=${value}\n`
    const composed = createProject({ files: { 'compose.yaml': compose } })
    const what = /^NODE_OPTIONS of the service "shop" of compose\.yaml has quotes .* "is not allowed in NODE_OPTIONS"/
    assertFound(await composed.diagnose({ env }), 'misspelt-flag', 'problem', what)
  })

  it('reports a misspelt flag in a script of package.json, and in a Dockerfile', async () => {
    const written = createProject({
      files: {
        'package.json': {
          name: 'shop',
          scripts: { start: 'cross-env A=b node --imports agentgateway-otel/register app.js' },
        },
        Dockerfile: 'FROM node:24\nENV NODE_OPTIONS="--import agentgateway-otel/regster"\nCMD ["node", "app.js"]\n',
      },
    })
    const results = (await written.diagnose({ env })).of('misspelt-flag').map(({ what }) => what)
    assert.equal(results.length, 2)
    assert.match(results[0] ?? '', /^The script "start" of package\.json has "--imports"/)
    assert.match(results[1] ?? '', /^NODE_OPTIONS of ENV of Dockerfile preloads "agentgateway-otel\/regster"/)
  })

  it("reports a misspelt flag in PM2's configuration, and one among the arguments of the app", async () => {
    const text = `module.exports = { apps: [
      { script: 'a.js', node_args: '--import agentgateway-otel/registr' },
      { script: 'b.js', node_args: '--import agentgateway-otel/register' },
      { script: 'c.js', args: "--import agentgateway-otel/register" } ] }`
    const diagnosis = await createProject({ files: { 'ecosystem.config.cjs': text } }).diagnose({ env })
    const whats = (code: string) => diagnosis.of(code).map(({ what }) => what.split(',', 1)[0])
    assert.deepEqual(whats('misspelt-flag'), [
      'The node_args of ecosystem.config.cjs preloads "agentgateway-otel/registr"',
    ])
    assert.deepEqual(whats('flag-behind-script'), [
      'The args of ecosystem.config.cjs has the flag behind the script "app.js"',
    ])
  })

  for (const words of [
    [...FLAG, 'app.js'],
    ['--import=agentgateway-otel/register', 'app.js'],
    ['-r', 'agentgateway-otel/register', 'app.js'],
    // Without /register, it works as well.
    ['--import', 'agentgateway-otel', 'app.js'],
    ['--require', './node_modules/agentgateway-otel/dist/register.cjs', 'app.js'],
    ['--enable-source-maps', '--max-old-space-size=4096', ...FLAG, 'app.js', '--name', 'agentgateway'],
  ]) {
    it(`finds ${words.join(' ')} well, which has metrics`, async () => {
      assert.ok(hasMetrics(await stderrOf(words)))
      const diagnosis = await project.diagnose({ env, args: ['--', 'node', ...words] })
      assert.equal(diagnosis.exitCode, 0)
      assert.deepEqual(diagnosis.wellOf('misspelt-flag'), ['The flag is rightly written in the start command.'])
      for (const code of ['misspelt-flag', 'flag-behind-script', 'package-not-found', 'no-flag']) {
        assert.deepEqual(diagnosis.of(code), [])
      }
    })
  }

  it('says nothing of words that are like the flag, but are the app’s', async () => {
    const args = [
      '--',
      `node app.js --title agentgateway --import-orders agentgateway-otel && npm install agentgateway-otel`,
    ]
    const diagnosis = await project.diagnose({ env, args })
    assert.deepEqual([diagnosis.of('misspelt-flag'), diagnosis.of('flag-behind-script')], [[], []])
  })
})

describe('doctor flag-behind-script', () => {
  it('reports it in the start command, which has no metrics', async () => {
    assert.equal(await stderrOf(['app.js', ...FLAG]), '')
    for (const args of [
      ['--', 'node', 'app.js', ...FLAG],
      ['--', `NODE_ENV=production node --enable-source-maps app.js ${FLAG.join(' ')}`],
      ['--', `sh -c "node app.js --import=agentgateway-otel/register"`],
    ]) {
      const diagnosis = await project.diagnose({ env, args })
      const what = /^The start command has the flag behind the script "app\.js"/
      const { advice } = assertFound(diagnosis, 'flag-behind-script', 'problem', what)
      assert.equal(advice, 'Write node --import agentgateway-otel/register app.js.')
    }
  })

  it('reports it behind npm start, and in a script of package.json', async () => {
    const scripts = { start: 'node app.js --require agentgateway-otel/register', test: 'node --test' }
    const written = createProject({ files: { 'package.json': { name: 'shop', scripts } } })
    const diagnosis = await written.diagnose({ env, args: ['--', 'npm', 'start', '--', ...FLAG] })
    assert.deepEqual(
      diagnosis.of('flag-behind-script').map(({ what }) => what.slice(0, 60)),
      [
        'The start command has the flag behind a script of package.js',
        'The script "start" of package.json has the flag behind the s',
      ],
    )
  })

  it('reports it in a process that runs', async () => {
    const running = createProject({ files: { 'server.js': SERVER } })
    const app = running.node(['server.js', ...FLAG], env)
    await app.line(/^ready/)
    const what = new RegExp(
      `^Process ${app.child.pid} \\(node server\\.js\\) has the flag behind the script "server\\.js"`,
    )
    assertFound(await running.diagnose({ env }), 'flag-behind-script', 'problem', what)
    await app.stop()
    assert.deepEqual((await running.diagnose({ env })).of('flag-behind-script'), [])
  })
})

describe('doctor package-not-found', () => {
  const bare = createProject({ isInstalled: false, files: { 'app.js': APP } })

  it('reports a package that is not installed, and Node.js ends', async () => {
    for (const [option, error] of [
      ['--import', /Cannot find package/],
      ['--require', /Cannot find module/],
    ] as const) {
      const words = [option, REGISTER, 'app.js']
      const app = bare.node(words, env)
      await app.exit()
      assert.match(app.stderr(), error)
      const diagnosis = await bare.diagnose({ env, args: ['--', 'node', ...words] })
      const { advice } = assertFound(diagnosis, 'package-not-found', 'problem', error)
      assert.match(advice ?? '', /npm install agentgateway-otel/)
    }
  })

  it('names the file of a package that is installed for the script, but not for the current directory', async () => {
    const { folder } = project
    const words = [...FLAG, `${folder}/app.js`]
    const failed = bare.node(words, env)
    await failed.exit()
    assert.match(failed.stderr(), /Cannot find package/)
    const diagnosis = await bare.diagnose({ env, args: ['--', 'node', ...words] })
    const { advice = '' } = assertFound(diagnosis, 'package-not-found', 'problem', /Cannot find package/)
    const [file = ''] = /\/\S*register\.js/.exec(advice) ?? []
    const app = bare.node(['--import', file, `${folder}/app.js`], env)
    await app.exit()
    assert.ok(hasMetrics(app.stderr()), app.stderr())
  })

  it('looks from the directory that a script changes to', async () => {
    const scripts = { start: `cd web && node ${FLAG.join(' ')} app.js` }
    const monorepo = createProject({
      isInstalled: false,
      files: { 'package.json': { name: 'shop', scripts }, 'web/app.js': APP },
    })
    const what = new RegExp(`there is no such package for ${monorepo.folder}/web`)
    assertFound(await monorepo.diagnose({ env }), 'package-not-found', 'problem', what)
  })

  it('finds well what agentgateway-otel run starts without the package in the directory', async () => {
    const diagnosis = await bare.diagnose({
      env,
      args: ['--', 'npx', 'agentgateway-otel', 'run', '--', 'node', 'app.js'],
    })
    assert.equal(diagnosis.exitCode, 0)
    for (const code of ['misspelt-flag', 'package-not-found', 'no-flag']) assert.deepEqual(diagnosis.of(code), [])
  })
})

describe('doctor no-flag', () => {
  it('reports a start command without the flag', async () => {
    assert.equal(await stderrOf(['app.js']), '')
    const args = ['--', 'node', 'app.js']
    assertFound(await project.diagnose({ env, args }), 'no-flag', 'hint', /^Neither the start command nor NODE_OPTIONS/)
    assert.deepEqual(
      (await project.diagnose({ env: { ...env, NODE_OPTIONS: FLAG.join(' ') }, args })).of('no-flag'),
      [],
    )
  })

  it('reports a package that is installed and that nothing loads', async () => {
    assertFound(await project.diagnose({ env }), 'no-flag', 'hint', /is installed, but no script/)
  })

  it('says nothing of a script that imports the package', async () => {
    const importing = createProject({ files: { 'app.js': `import '${REGISTER}'\n${APP}` } })
    const diagnosis = await importing.diagnose({ env, args: ['--', 'node', 'app.js'] })
    assert.deepEqual(diagnosis.of('no-flag'), [])
  })
})
