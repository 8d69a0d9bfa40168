import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FRAMEWORKS } from './frameworks.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Tests of routes that are of no framework, of several, or of one that has others in the list. */
const OTHERS = ['bundled', 'express-functions', 'express-mounts', 'http2', 'koa-alone', 'mounts', 'opentelemetry']

it('each framework that is said to be tested has its tests and its packages', () => {
  for (const { name, folder, test, packages } of FRAMEWORKS) {
    assert.ok(existsSync(`${HERE}${folder}/${test}`), `${name}: ${test}`)
    for (const own of packages) assert.ok(existsSync(`${HERE}${folder}/node_modules/${own}`), `${name}: ${own}`)
  }
})

it('each framework that has tests of its routes is in the list', () => {
  const listed = FRAMEWORKS.map(({ folder, test }) => `${folder}/${test}`)
  const others = OTHERS.map((name) => `http/routes-${name}.test.ts`)
  assert.deepEqual(
    globSync('*/routes-*.test.ts', { cwd: HERE }).filter((file) => ![...listed, ...others].includes(file)),
    [],
  )
})
