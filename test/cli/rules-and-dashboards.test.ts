import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE } from '../harness/app.ts'

const CLI = fileURLToPath(new URL('../../packages/agentgateway-otel/dist/cli.cjs', import.meta.url))

const run = (...args: readonly string[]) => spawnSync(NODE, [CLI, ...args], { encoding: 'utf8', maxBuffer: 2 ** 24 })

describe('agentgateway-otel', () => {
  for (const [args, file] of [
    [['rules'], 'agentgateway-otel.rules.yaml'],
    [['dashboard'], 'agentgateway-otel.json'],
    [['dashboard', '--proxy'], 'agentgateway-proxy.json'],
  ] as const) {
    it(`${args.join(' ')} writes ${file} to stdout, and nothing to stderr`, () => {
      const { stdout, stderr, status } = run(...args)
      assert.deepEqual([status, stderr], [0, ''])
      const url = new URL(`../../packages/dashboards/${file}`, import.meta.url)
      assert.equal(stdout, readFileSync(url, 'utf8'))
    })
  }

  it('rules says that a day is for prices', () => {
    const { stdout, stderr, status } = run('rules', '--day', '2026-11-27')
    assert.equal(stdout, '')
    assert.match(stderr, /^error: --day is for prices: add --prices\n/)
    assert.equal(status, 2)
  })
})
