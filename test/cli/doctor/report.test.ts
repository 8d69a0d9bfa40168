import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { FINDINGS } from '../../../packages/agentgateway-otel/src/cli/doctor/findings/index.ts'
import { NODE } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'
import { freePort } from '../../harness/free-port.ts'
import { startProcess } from '../../harness/process.ts'
import { startInTerminal, terminalIsMissing } from '../terminal.ts'
import { at, CLI, createProject, FLAG, runDoctor, SERVER, serve } from './doctor.ts'

const ESC = '\u001b'

describe('the report of doctor', () => {
  it('of a well configured app that runs says what is well, and ends with 0', async () => {
    const project = createProject({
      files: {
        'package.json': { name: 'shop', type: 'module', scripts: { start: `node ${FLAG.join(' ')} server.js` } },
        'server.js': SERVER,
      },
    })
    const env = { ...at(await freePort()), OTEL_SERVICE_NAME: 'shop' }
    const app = project.node([...FLAG, 'server.js'], env)
    const [, port] = await app.line(/^ready (\d+)/)
    await (await fetch(`http://127.0.0.1:${port}`)).text()
    const { code, stdout, stderr } = await runDoctor({ cwd: project.folder, env, args: ['--', 'npm', 'start'] })
    assert.equal(code, 0, stdout)
    assert.equal(stderr, '')
    assert.match(
      stdout,
      /^well {5}The flag is rightly written in the script "start" of package\.json, process \d+ \(node server\.js\)\.$/m,
    )
    assert.match(stdout, /^well {5}The metrics at http:\/\/127\.0\.0\.1:\d+\/metrics can be read\.$/m)
    assert.match(stdout, /^0 problems, (?:\d+ hints?, )?\d+ checks are well\n$/m)
    assert.doesNotMatch(stdout, /^problem|^unseen/m)
    await app.stop()
  })

  it('of a problem has its code, what is wrong, what to do and a link, without colours, and ends with 1', async () => {
    const project = createProject({ files: { 'app.js': '' } })
    const options = { cwd: project.folder, env: at(await freePort()), args: ['--', 'node', 'app.js', ...FLAG] }
    const { code, stdout } = await runDoctor(options)
    assert.equal(code, 1)
    assert.ok(
      stdout.startsWith(
        [
          'problem  flag-behind-script',
          'The start command has the flag behind the script "app.js", so that it is an argument of the app and starts nothing.',
          'Write node --import agentgateway-otel/register app.js.',
          'https://github.com/agentgateway-otel/agentgateway-otel/blob/main/docs/troubleshooting.md#no-line-on-stderr-at-the-start\n',
        ].join('\n         '),
      ),
      stdout,
    )
    assert.ok(!stdout.includes(ESC))
    const coloured = await runDoctor({ ...options, env: { ...options.env, FORCE_COLOR: '1' } })
    assert.ok(coloured.stdout.startsWith(`${ESC}[`))
    const plain = await runDoctor({ ...options, env: { ...options.env, NO_COLOR: '1' } })
    assert.equal(plain.stdout, stdout)
  })

  it('is not driven by what others have written: labels, names, values and paths', async () => {
    const evil = `${ESC}]0;owned\u0007${ESC}[2J\u202e\u0000`
    const label = evil.replace('\u0000', '')
    const metrics = [
      '# HELP agentgateway_llm_requests_total x',
      '# TYPE agentgateway_llm_requests_total counter',
      `agentgateway_llm_requests_total{gen_ai_system="custom",gen_ai_request_model="${label}",error_type="",usage="missing"} 1`,
      '',
    ].join('\n')
    const status = JSON.stringify({ gateway: evil, version: evil, node: `v24.0.0${evil}`, processes: [] })
    const port = await serve(({ url }, response) => {
      const isStatus = url === '/status.json'
      response.setHeader('content-type', isStatus ? 'application/json' : 'text/plain; version=0.0.4')
      response.end(isStatus ? status : metrics)
    })

    const name = evil.replace('\u0000', '')
    const project = createProject({
      files: {
        'package.json': { name: evil, scripts: { [evil]: `node "${name}.js" ${FLAG.join(' ')}` } },
        [`${name.replaceAll('/', '')}.cjs`]: 'console.log("ready"); setInterval(() => {}, 1000)',
      },
    })
    const app = project.node([`${name.replaceAll('/', '')}.cjs`, ...FLAG])
    await app.line(/^ready/)
    const env = { OTEL_METRICS_EXPORTER: `${name}none`, AGENTGATEWAY_METRICS: name, OTEL_SERVICE_NAME: name }
    for (const args of [['--url', `http://127.0.0.1:${port}`], ['--json', '--url', `http://127.0.0.1:${port}`], []]) {
      const { code, stdout, stderr } = await runDoctor({
        cwd: project.folder,
        env: { ...at(port), ...env },
        args: [...args, '--', `node ${name}`, '--import', name],
      })
      assert.equal(code, 1)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
      assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    await app.stop()
  })

  it('has no secret of a command line or an environment', async () => {
    const secret = 'geheim-0123456789abcdef'
    const scripts = {
      start: `API_KEY=${secret} OTEL_EXPORTER_OTLP_HEADERS=authorization=${secret} node server.js --import agentgateway-otel/register --token ${secret}`,
    }
    const project = createProject({
      files: { 'package.json': { name: 'shop', type: 'module', scripts }, 'server.js': SERVER },
    })
    const env = {
      ...at(await freePort()),
      AGENTGATEWAY_METRICS_TOKEN: secret,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${secret}@127.0.0.1:${await freePort()}/?key=${secret}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${secret}`,
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: secret,
      DATABASE_URL: `postgres://user:${secret}@db`,
    }
    const apps = [
      project.node([...FLAG, 'server.js', `--password=${secret}`], env),
      project.node(['server.js', ...FLAG, secret], env),
    ]
    await Promise.all(apps.map((app) => app.line(/^ready/)))
    for (const args of [[], ['--json'], ['--url', `http://user:${secret}@127.0.0.1:1`]]) {
      const { code, stdout, stderr } = await runDoctor({
        cwd: project.folder,
        env,
        args: [...args, '--', 'node', '-e', secret, secret],
      })
      assert.equal(code, 1)
      assert.ok(!(stdout + stderr).includes(secret), stdout + stderr)
    }
    await Promise.all(apps.map((app) => app.stop()))
  })

  it('ends with 2, and one line on stderr, where the command line is wrong', async () => {
    const { folder } = createProject()
    for (const args of [['--nope'], ['--url', 'ftp://x'], ['--url', 'http://127.0.0.1:1', '--cert', 'x']]) {
      const { code, stdout, stderr } = await runDoctor({ cwd: folder, args })
      assert.deepEqual([code, stdout], [2, ''], args.join(' '))
      assert.match(stderr, /\S/)
    }
  })

  it('is not measured itself, where NODE_OPTIONS has the flag', async () => {
    const project = createProject({ files: { 'server.js': SERVER } })
    const env = { ...childEnv(), ...at(await freePort()), NODE_OPTIONS: FLAG.join(' ') }
    const doctor = startProcess(NODE, [CLI, 'doctor', '--json'], { cwd: project.folder, env, stdin: 'ignore' })
    await doctor.exit()
    assert.equal(doctor.stderr(), '')
    const { results } = JSON.parse(doctor.stdout()) as { results: { code: string; level: string; what: string }[] }
    assert.deepEqual(
      results.flatMap(({ code, level }) => (code === 'silent-endpoint' ? [level] : [])),
      ['hint'],
    )
  })
})

describe('the report of doctor in a terminal', { skip: terminalIsMissing() }, () => {
  for (const isPlain of [false, true]) {
    it(`is broken at spaces to its width, ${isPlain ? 'without colours where NO_COLOR is set' : 'and coloured'}`, async () => {
      const { folder } = createProject({ files: { 'app.js': '' } })
      const command = `cd ${folder} && ${NODE} ${CLI} doctor -- node app.js ${FLAG.join(' ')}`
      const env = { ...childEnv(), ...at(await freePort()), NO_COLOR: isPlain ? '1' : undefined }
      const terminal = startInTerminal('sh', ['-c', command], { env, columns: 60, rows: 60 })
      assert.equal((await terminal.end()).code, 1)
      const output = terminal.output()
      assert.equal(output.includes(`${ESC}[`), !isPlain)
      const lines = stripVTControlCharacters(output).split('\r\n')
      assert.ok(lines.length > 15, output)
      for (const line of lines) assert.ok(line.length <= 60 || line.startsWith('         https://'), line)
      const text = lines.map((line) => line.trim()).join(' ')
      assert.ok(text.includes('so that it is an argument of the app and starts nothing. Write node --import'), text)
    })
  }
})

describe('the findings of doctor', () => {
  it('have codes of their own', () => {
    const codes = FINDINGS.map(({ code }) => code)
    assert.deepEqual([...new Set(codes)], codes)
    for (const code of codes) assert.match(code, /^[a-z]+(?:-[a-z\d]+)+$/)
  })
})
