import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { NODE, REGISTER, scrape, scrapeUntil } from '../harness/app.ts'
import { type RunningProcess, startProcess } from '../harness/process.ts'
import { sumOf } from '../harness/prometheus-text.ts'
import { CLI, cliEnv, runCli, startCli } from './cli.ts'
import { startInTerminal, terminalIsMissing } from './terminal.ts'

const APP = fileURLToPath(new URL('apps/signals.mjs', import.meta.url))
const METRICS = { OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '0' }

const folder = mkdtempSync(join(tmpdir(), 'cli run '))
after(() => rmSync(folder, { recursive: true }))

/** Sends the app a request, and waits for its count. Returns the NODE_OPTIONS that the app has. */
async function countedRequest(run: RunningProcess): Promise<string> {
  const [url] = await run.line(/http:\S+\/metrics/, 'stderr')
  const [, port] = await run.line(/^ready (\d+)/)
  const nodeOptions = await (await fetch(`http://127.0.0.1:${port}/`)).text()
  await scrapeUntil(
    () => scrape(url),
    (families) => sumOf(families, 'agentgateway_requests_total') === 1,
  )
  return nodeOptions
}

const preloads = (nodeOptions: string) => nodeOptions.match(/agentgateway-otel/g)?.length

describe('agentgateway-otel run', () => {
  it('gives an app its metrics, writes nothing itself, and ends with its exit code when it is ended', async () => {
    const run = startCli(['run', '--', 'node', APP], { env: METRICS })
    assert.equal(await countedRequest(run), `--import ${pathToFileURL(REGISTER)}`)
    assert.deepEqual(await run.stop('SIGTERM'), { code: 7, signal: null })
    assert.match(run.stdout(), /^ready \d+ \d+ \d+\nended after 0 interrupts\n$/)
    assert.match(run.stderr(), /^agentgateway-otel: \S+, metrics on \S+\n$/)
  })

  it('ends by the signal that ends the command', async () => {
    const { code, signal } = await runCli(['run', 'sh', '-c', 'kill -KILL $$'])
    assert.deepEqual({ code, signal }, { code: null, signal: 'SIGKILL' })
  })

  it('passes on the arguments, the stdin and the exit code', async () => {
    const run = startCli(['run', 'node', '-e', 'process.stdin.pipe(process.stdout)', '--', '--help', '--json'], {
      env: { ...METRICS, OTEL_SDK_DISABLED: 'true', OTEL_LOG_LEVEL: 'none' },
    })
    run.child.stdin?.end('typed')
    assert.deepEqual(await run.exit(), { code: 0, signal: null })
    assert.deepEqual([run.stdout(), run.stderr()], ['typed', ''])
    const { code, stdout } = await runCli(['run', '--', 'sh', '-c', 'echo "$@"; exit 3', '-', '--url', 'x'])
    assert.deepEqual({ code, stdout }, { code: 3, stdout: '--url x\n' })
  })

  it('gives one line and 127 for a command that does not exist, and 2 where there is none', async () => {
    assert.deepEqual(await runCli(['run', '--', 'no-such-command', '--x']), {
      code: 127,
      signal: null,
      stdout: '',
      stderr: 'agentgateway-otel: there is no command "no-such-command"; is it installed, and on the PATH?\n',
    })
    const { code, stderr } = await runCli(['run'])
    assert.equal(code, 2)
    assert.match(stderr, /missing required argument/)
  })

  it('works with npm start, from a folder and a package whose paths have spaces, and keeps NODE_OPTIONS', async () => {
    const installed = join(folder, 'node_modules/agentgateway-otel')
    mkdirSync(installed, { recursive: true })
    const built = dirname(dirname(REGISTER))
    for (const entry of ['package.json', 'dist']) {
      cpSync(join(built, entry), join(installed, entry), {
        recursive: true,
        filter: (file) => !/\.(?:d\.ts|map)$/.test(file),
      })
    }
    cpSync(APP, join(folder, 'app.mjs'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'spaced', scripts: { start: 'node app.mjs' } }))
    const run = startProcess(NODE, [join(installed, 'dist/cli.cjs'), 'run', 'npm', 'start'], {
      env: {
        ...cliEnv(METRICS),
        NODE_OPTIONS: '--max-http-header-size=20000 --title="an app"',
        PATH: `${dirname(NODE)}${delimiter}${process.env.PATH}`,
        npm_config_update_notifier: 'false',
      },
      cwd: folder,
    })
    const preload = pathToFileURL(join(installed, 'dist/register.js'))
    assert.equal(await countedRequest(run), `--max-http-header-size=20000 --title="an app" --import ${preload}`)
    // npm ends without its script when it gets a SIGTERM, so the app gets it.
    process.kill(Number((await run.line(/^ready .* (\d+)$/))[1]), 'SIGTERM')
    assert.deepEqual(await run.exit(), { code: 7, signal: null })
  })

  for (const flag of [`--import ${pathToFileURL(REGISTER)}`, `--require "${REGISTER.replace(/js$/, 'cjs')}"`]) {
    it(`adds no second preload to NODE_OPTIONS=${flag}, and has no metrics itself`, async () => {
      // As a package manager installs it.
      const link = join(folder, 'agentgateway-otel')
      rmSync(link, { force: true })
      symlinkSync(CLI, link)
      const env = { ...cliEnv(METRICS), NODE_OPTIONS: flag }
      const run = startProcess(NODE, [link, 'run', 'node', APP], { env })
      assert.equal(preloads(await countedRequest(run)), 1)
      assert.equal(run.stderr().match(/metrics on/g)?.length, 1, run.stderr())
      await run.stop()
    })
  }

  it('passes SIGINT on where no terminal sends it to the app as well', async () => {
    // In a session of its own it has no terminal, whatever this test runs in.
    const run = startProcess('setsid', [NODE, CLI, 'run', 'node', APP], { env: cliEnv(METRICS) })
    await run.line(/^ready/)
    run.child.kill('SIGINT')
    await run.line(/^interrupt 1$/)
    assert.equal((await run.stop()).code, 7)
    assert.match(run.stdout(), /ended after 1 interrupts/)
  })

  it('leaves Ctrl-C to the terminal, so that the app gets one SIGINT', { skip: terminalIsMissing() }, async () => {
    const terminal = startInTerminal(NODE, [CLI, 'run', 'node', APP], { env: cliEnv(METRICS) })
    const started = await terminal.screenWhen((lines) => lines.some((line) => line.startsWith('ready')))
    terminal.type('\x03')
    await terminal.screenWhen((lines) => lines.some((line) => line.includes('interrupt 1')))
    // A forwarded SIGINT would come before the SIGTERM, which is forwarded.
    process.kill(Number(/^ready \d+ (\d+) /m.exec(started.join('\n'))?.[1]), 'SIGTERM')
    assert.equal((await terminal.end()).code, 7)
    assert.match(terminal.output(), /ended after 1 interrupts/)
  })
})
