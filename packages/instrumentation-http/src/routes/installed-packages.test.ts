import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { mayUsePackage } from './installed-packages.ts'

describe('mayUsePackage', () => {
  let root: string
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'installed-packages-'))
    for (const path of [
      'npm/node_modules/hono',
      'npm/src',
      'pnpm/node_modules/.pnpm/node_modules/hono',
      'without/node_modules/express',
      'workspace/node_modules/hono',
      'workspace/packages/api/node_modules/express',
      'bundle/dist',
      'nitro/.output/server/node_modules/sharp',
      'sveltekit/build/handler.js',
      'sveltekit/build/server/manifest.js',
      'sveltekit/node_modules/pg',
      'direct/node_modules/find-my-way',
      'dependency/node_modules/find-my-way',
      'dependency/node_modules/fastify',
      'pnpm-dependency/node_modules/fastify',
      'pnpm-dependency/node_modules/.pnpm/node_modules/find-my-way',
    ]) {
      mkdirSync(join(root, path), { recursive: true })
    }
  })
  after(() => rmSync(root, { recursive: true }))

  for (const [script, expected] of [
    ['npm/app.js', true],
    ['npm/src/app.js', true],
    ['npm/node_modules/.bin/tsx', true],
    ['pnpm/app.js', true],
    ['without/app.js', false],
    ['workspace/packages/api/app.js', true],
    ['bundle/dist/app.js', true],
    ['nitro/.output/server/index.mjs', true],
    ['sveltekit/build/index.js', true],
    ['direct/app.js', true],
    ['dependency/app.js', false],
    ['pnpm-dependency/app.js', false],
  ] as const) {
    it(`is ${expected} for ${script}`, () => {
      assert.equal(mayUsePackage({ hono: [], h3: [], 'find-my-way': ['fastify'] }, join(root, script)), expected)
    })
  }

  it('looks from the working directory where there is no script', () => {
    assert.equal(typeof mayUsePackage({ hono: [] }), 'boolean')
  })
})
