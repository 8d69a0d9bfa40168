import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { matchMount } from './layer.ts'

type Use = { use(path: unknown, handler: () => void): void; stack: object[] }
const require = createRequire(import.meta.url)
const ROUTERS: Record<string, () => Use> = {
  'router 2.2': require('router-2.2'),
  'Express 4': require('express4').Router,
}

/** Returns the layer that results from mounting a handler at this path. */
function layerAt(create: () => Use, path: unknown): object {
  const router = create()
  router.use(path, () => {})
  return router.stack[0] ?? assert.fail()
}

for (const [name, create] of Object.entries(ROUTERS)) {
  describe(`matchMount with ${name}, which keeps no pattern`, () => {
    for (const [pattern, path, template, matched] of [
      ['/', '/anything', '', ''],
      ['/api', '/api/users', '/api', '/api'],
      ['/api/', '/api/users', '/api', '/api'],
      ['/users/:id', '/users/42/posts', '/users/:id', '/users/42'],
      ['/users/:id', '/users/users', '/users/:id', '/users/users'],
      ['/:a/:b', '/same/same/x', '/:a/:b', '/same/same'],
      ['/t/:tenant/u/:user', '/t/%20x/u/y%2Fz/more', '/t/:tenant/u/:user', '/t/%20x/u/y%2Fz'],
    ] as const) {
      it(`infers ${pattern} from ${path} with ${name}`, () => {
        assert.deepEqual(matchMount(layerAt(create, pattern), path), { template, matched })
      })
    }

    it(`infers one template for each of several paths, with ${name}`, () => {
      const layer = layerAt(create, ['/one/:x', '/two'])
      assert.match(matchMount(layer, '/one/1/x')?.template ?? '', /^\/one\/:x(,\/two)?$/)
      assert.match(matchMount(layer, '/two/x')?.template ?? '', /^(\/one\/:x,)?\/two$/)
    })

    it(`matchMount returns one template for a layer, however clients spell the path, with ${name}`, () => {
      const layer = layerAt(create, '/Api/:v')
      assert.equal(matchMount(layer, '/Api/1/x')?.template, '/Api/:v')
      assert.deepEqual(matchMount(layer, '/aPI/2/x'), { template: '/Api/:v', matched: '/aPI/2' })
    })

    it(`never puts a parameter's value into a template, even if it is only a part of a segment, with ${name}`, () => {
      assert.doesNotMatch(String(matchMount(layerAt(create, '/f-:name.:type'), '/f-secret.txt/x')?.template), /secret/)
    })

    it(`never takes a path that matched a regular expression for a fixed one, with ${name}`, () => {
      assert.doesNotMatch(String(matchMount(layerAt(create, /^\/v\d/), '/v7/x')?.template), /v7/)
    })

    it(`matchMount returns nothing for a path that does not match, with ${name}`, () => {
      assert.equal(matchMount(layerAt(create, '/api'), '/other'), undefined)
    })
  })
}
