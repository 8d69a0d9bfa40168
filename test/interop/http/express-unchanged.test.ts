import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { EMPTY, NODE, REGISTER } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'

const file = fileURLToPath(new URL('./apps/express-unchanged.cjs', import.meta.url))

const printed = (express: string, preload: string) =>
  execFileSync(NODE, ['--import', preload, file], {
    encoding: 'utf8',
    env: {
      ...childEnv(),
      EXPRESS: express,
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_LOG_LEVEL: 'none',
    },
  })

for (const express of ['express', 'express4']) {
  it(`shows an app on ${express} the same responses, locals and routers with the preload as without`, () => {
    const without = printed(express, EMPTY)
    assert.equal(without.split('\n').filter((line) => line.includes('"locals"')).length, 18)
    assert.equal(printed(express, REGISTER), without)
  })
}
