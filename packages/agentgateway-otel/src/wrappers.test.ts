import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { wrapperOf } from './wrappers.ts'

const wrapperOfScript = (script: string, execArgv: string[] = [], env: Record<string, string> = {}) =>
  wrapperOf({ argv: ['/usr/bin/node', script], execArgv, env })

// These are paths of wrappers that tests cannot run, and paths that only look like a wrapper's. test/processes runs the
// others.
describe('wrapperOf', () => {
  for (const [script, name] of [
    ['/usr/lib/node_modules/npm/bin/npm-cli.js', 'npm'],
    ['/usr/lib/node_modules/npm/bin/npx-cli.js', 'npm'],
    ['C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js', 'npm'],
    ['/root/.cache/node/corepack/v1/pnpm/10.0.0/bin/pnpm.cjs', 'pnpm'],
    ['/app/.yarn/releases/yarn-4.5.0.cjs', 'yarn'],
    ['/root/.cache/node/corepack/v1/yarn/1.22.22/bin/yarn.js', 'yarn'],
    ['/usr/lib/node_modules/corepack/dist/pnpm.js', 'corepack'],
    ['/app/node_modules/agentgateway-otel/dist/cli.cjs', 'agentgateway-otel'],
    ['/app/node_modules/pm2/bin/pm2-runtime', 'PM2'],
    ['/app/node_modules/pm2/lib/Daemon.js', 'PM2'],
  ] as const) {
    it(`recognises ${script} as ${name}`, () => assert.equal(wrapperOfScript(script), name))
  }

  for (const script of [
    '/app/server.js',
    '/app/cli.js',
    '/app/npm-mirror.js',
    '/app/yarn-prices/index.js',
    '/app/yarn.js',
    '/app/bin/yarn-prices.js',
    '/app/npm-cli.js',
    '/app/tsx.js',
    '/app/node_modules/agentgateway-otel/dist/register.js',
    '/app/agentgateway-otel.js',
    '/app/node_modules/tsx/dist/loader.mjs',
    '/app/Daemon.js',
    '/app/node_modules/pm2/lib/ProcessContainer.js',
    '/app/node_modules/next/dist/bin/next',
    '',
  ]) {
    it(`treats ${script || 'a process without a script'} as an app`, () =>
      assert.equal(wrapperOfScript(script), undefined))
  }

  it('recognises the parent of --watch and of --test, and treats their children as apps', () => {
    assert.equal(wrapperOfScript('/app/a.js', ['--watch']), 'node --watch')
    assert.equal(wrapperOfScript('/app/a.js', ['--watch-path=./src']), 'node --watch')
    assert.equal(wrapperOfScript('/app/a.js', ['--watch-preserve-output']), undefined)
    assert.equal(wrapperOfScript('/app/a.js', [], { WATCH_REPORT_DEPENDENCIES: '1' }), undefined)
    assert.equal(wrapperOfScript('/app/a.js', ['--test']), 'node --test')
    assert.equal(
      wrapperOfScript('/app/a.js', ['--test', '--test-concurrency=0'], { NODE_TEST_CONTEXT: 'child-v8' }),
      undefined,
    )
  })
})
