import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { NODE, REGISTER } from '../../harness/app.ts'
import { childEnv } from '../../harness/environment.ts'

const file = fileURLToPath(new URL('./apps/fastify-unchanged.cjs', import.meta.url))

const printed = (fastify: string, flags: readonly string[], args: readonly string[]) =>
  execFileSync(NODE, [...flags, file, ...args], {
    encoding: 'utf8',
    env: {
      ...childEnv(),
      FASTIFY: fastify,
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_LOG_LEVEL: 'none',
    },
  })

for (const fastify of ['fastify', 'fastify4']) {
  for (const args of [[], ['trust']]) {
    it(`shows an app on ${fastify} no hook, property or decorator that is not its own (${args.join() || 'plain'})`, () => {
      const plain = printed(fastify, [], args)
      assert.match(plain, /mine\(\)/)
      assert.equal(printed(fastify, ['--import', REGISTER], args), plain)
    })
  }
}
