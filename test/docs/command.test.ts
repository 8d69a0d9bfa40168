import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Demo, start } from '../../examples/agent/start.js'
import { STEPS, trickle } from '../../examples/agent/traffic.js'
import { createProgram } from '../../packages/agentgateway-otel/src/cli/program.ts'
import { runCli } from '../cli/cli.ts'
import { demoEnv } from '../harness/environment.ts'
import { until } from '../harness/until.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const README = readFileSync(join(ROOT, 'packages/agentgateway-otel/README.md'), 'utf8')
const [, SECTION = ''] = /^## The command\n([\s\S]*?)^## /m.exec(README) ?? []

interface Example {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The lines that it prints. `…` stands for lines that are left out. */
  readonly output: readonly string[]
}

const examples = Array.from(
  SECTION.matchAll(/```console\n\$ (.*)\n([\s\S]*?)```/g),
  ([, line = '', output = '']): Example => {
    const words = line.split(' ')
    const at = words.indexOf('npx')
    assert.equal(words[at + 1], 'agentgateway-otel')
    return {
      env: Object.fromEntries(words.slice(0, at).map((word) => word.split('=') as [string, string])),
      args: words.slice(at + 2),
      output: output.trimEnd().split('\n'),
    }
  },
)
const exampleOf = (command: string) => examples.find(({ args }) => args[0] === command) ?? assert.fail(command)

describe('the section "The command"', () => {
  let demo: Demo
  let env: Readonly<Record<string, string>>
  before(async () => {
    demo = await start({ env: demoEnv('shop') })
    for (const step of STEPS) await step.run(demo)
    await demo.proxy.quiet()
    const { hostname, port } = new URL(demo.metricsUrl)
    env = { OTEL_EXPORTER_PROMETHEUS_HOST: hostname, OTEL_EXPORTER_PROMETHEUS_PORT: port }
  })
  after(() => demo?.stop())

  it('has an example of each command, or another section has', () => {
    for (const command of createProgram().commands) {
      assert.match(README, new RegExp(`npx agentgateway-otel ${command.name()}\\b`))
    }
    for (const [, title = ''] of SECTION.matchAll(/^### .*`(\w+)`.*$/gm)) {
      assert.ok(
        createProgram().commands.some((command) => command.name() === title),
        title,
      )
    }
  })

  it('shows what config prints', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'command-')))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop' }))
    const { args, output, ...example } = exampleOf('config')
    const { code, stdout } = await runCli(args, { env: example.env, cwd: folder })
    rmSync(folder, { recursive: true })
    assert.equal(code, 0)
    const lines = stdout.replaceAll(folder, '/srv/shop').split('\n')
    let from = 0
    for (const part of output.join('\n').split(/^…$/m)) {
      const expected = part.split('\n').filter((line) => line !== '')
      const found = lines.filter((line) => line !== '')
      from = found.indexOf(expected[0] ?? '', from)
      assert.deepEqual(found.slice(from, from + expected.length), expected)
    }
  })

  it('shows what metrics prints', async () => {
    const { args, output } = exampleOf('metrics')
    let lines: readonly string[] = []
    // The last exchange may be counted a moment after its client has seen its end.
    await until(
      async () => {
        lines = (await runCli(args, { env })).stdout.trimEnd().split('\n')
        return lines.toSorted().join('\n') === output.toSorted().join('\n') ? true : undefined
      },
      () => `${output.join('\n')}\nin\n${lines.join('\n')}`,
    )
  })

  it('shows what top prints, but for its numbers', async () => {
    const masked = (line: string) =>
      line
        .replaceAll(/\d\d:\d\d:\d\d|http:\S+/g, 'x')
        .replaceAll(/[<>]?\d[\d.,]*(?: ?(?:µs|ms|s|min)\b|[KM%])?|–/g, '0')
        .replaceAll(/ +/g, ' ')
    const { args, output } = exampleOf('top')
    let lines: readonly string[] = []
    await until(
      async () => {
        const traffic = trickle(demo)
        lines = (await runCli([...args, '--interval', '1'], { env })).stdout.trimEnd().split('\n')
        await traffic
        const found = new Set(lines.map(masked))
        return output.every((line) => found.has(masked(line))) ? true : undefined
      },
      () => `${output.map(masked).join('\n')}\nin\n${lines.map(masked).join('\n')}`,
    )
  })
})

describe('the documents', async () => {
  const files = await Array.fromAsync(
    glob(['README.md', '{packages,examples}/*/README.md', 'docs/*.md'], { cwd: ROOT }),
  )
  for (const file of files.sort()) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    for (const [line, name = '', rest = ''] of text.matchAll(/npx agentgateway-otel ([a-z]+)([^\n`>|]*)/g)) {
      it(`${file} is right that there is "${line.trim()}"`, () => {
        const command = createProgram().commands.find((command) => command.name() === name)
        assert.ok(command !== undefined, name)
        const [own = ''] = rest.split(' -- ')
        for (const [option] of own.matchAll(/--[\w-]+/g)) {
          assert.ok(
            command.options.some(({ long }) => long === option),
            option,
          )
        }
      })
    }
  }
})
