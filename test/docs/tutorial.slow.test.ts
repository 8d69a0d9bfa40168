import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../harness/environment.ts'
import { freePort } from '../harness/free-port.ts'
import { type RunningProcess, startProcess } from '../harness/process.ts'
import { createQueryApi } from '../harness/query-api.ts'
import { prometheusIsMissing } from '../harness/real-prometheus.ts'
import { until } from '../harness/until.ts'
import { fencedBlocks } from './fenced-blocks.ts'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('../../packages/agentgateway-otel', import.meta.url))

/** The ports of the tutorial. A test takes free ones in their place, and shows them as these. */
const PORTS = ['3000', '4000', '15020', '9090']

/** A command that runs until it is ended, in a terminal of its own. */
const RUNS_ON = /^(?:[A-Z_]+=\S+ )*(?:node|prometheus|while) /

const version = (text: string) => text.replaceAll(/agentgateway-otel: \d\S*,/g, 'agentgateway-otel: <version>,')

describe('docs/tutorial.md', { skip: prometheusIsMissing() }, async () => {
  const blocks = await fencedBlocks(['docs/tutorial.md'])
  const running: RunningProcess[] = []
  const ports = new Map<string, string>()
  let parent: string
  let folder: string
  let tarball: string
  /** What the last command has written so far. */
  let output: () => Promise<string>

  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tutorial-'))
    folder = join(parent, 'tutorial')
    for (const port of PORTS) ports.set(port, String(await freePort()))
    await run('npx', ['-y', 'pnpm@12', 'pack', '--pack-destination', parent], { cwd: PACKAGE })
    const [name] = await Array.fromAsync(glob('*.tgz', { cwd: parent }))
    tarball = join(parent, name ?? assert.fail('not packed'))
  })
  after(async () => {
    for (const process of running) await process.stop('SIGKILL')
    await rm(parent, { recursive: true, force: true })
  })

  for (const { line, language, code } of blocks) {
    if (language === 'js' || language === 'yaml') {
      const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(code) ?? assert.fail(`line ${line} names no file`)
      it(`line ${line}: writes ${name}`, () => writeFile(join(folder, name ?? ''), withFreePorts(code)))
    } else if (language === 'sh') {
      for (const command of code.trim().split('\n')) {
        it(`line ${line}: ${command}`, () => (RUNS_ON.test(command) ? runOn(command) : runToEnd(command)))
      }
    } else if (language === 'text') {
      it(`line ${line}: the reader sees this`, async () => {
        let seen = ''
        await until(
          async () => {
            seen = version(asInTutorial(await output()))
            return (
              version(code)
                .trim()
                .split('\n')
                .every((text) => seen.includes(text)) || undefined
            )
          },
          () => `${code}\nin\n${seen}`,
          200,
        )
      })
    } else {
      it(`line ${line}: has data: ${code.trim()}`, async () => {
        const url = `http://localhost:${ports.get('9090')}`
        await until(async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok || undefined)
        await createQueryApi(url).queryUntil(code, (samples) => samples.some(({ value }) => value > 0))
      })
    }
  }

  it('writes a dashboard that Grafana can import', async () => {
    const dashboard = JSON.parse(readFileSync(join(folder, 'dashboard.json'), 'utf8'))
    assert.ok(dashboard.panels.length > 0)
    assert.ok(dashboard.title.length > 0)
  })

  function withFreePorts(text: string): string {
    return PORTS.reduce((done, port) => done.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), ports.get(port) ?? ''), text)
  }

  const asInTutorial = (text: string) => [...ports].reduce((done, [port, free]) => done.replaceAll(free, port), text)

  /** The reader's environment: the metrics are on the port that the text has. */
  const env = () => ({
    ...childEnv(),
    PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    OTEL_EXPORTER_PROMETHEUS_PORT: ports.get('15020') ?? '',
  })

  async function runToEnd(command: string): Promise<void> {
    if (command.startsWith('mkdir ')) {
      await run('bash', ['-c', command], { cwd: parent })
      return
    }
    const shown = withFreePorts(command).replace('npm install agentgateway-otel', `npm install ${tarball}`)
    const once = () => run('bash', ['-c', shown], { cwd: folder, env: env() })
    const { stdout, stderr } = await once()
    // The metrics may be there a moment later. Any other command would be counted once more.
    output = command.includes('/metrics') ? async () => (await once()).stdout : async () => stdout + stderr
    if (command.includes(' rules > ')) await shorten(join(folder, 'agentgateway.rules.yaml'))
  }

  async function runOn(command: string): Promise<void> {
    // Without `exec`, the shell would end and leave the program running.
    const shown = withFreePorts(command.startsWith('while ') ? command : `exec env ${command}`)
    const process = startProcess('bash', ['-c', shown], {
      cwd: folder,
      env: env(),
      stdin: 'ignore',
    })
    running.push(process)
    output = async () => process.stdout() + process.stderr()
  }
})

/** Shortens the times of the rules, which a reader waits for. */
async function shorten(file: string): Promise<void> {
  const rules = await readFile(file, 'utf8')
  await writeFile(file, rules.replaceAll(/\b(interval|for): \d+[smh]/g, '$1: 1s'))
}
