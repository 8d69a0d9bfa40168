import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { decompilePattern } from './express4-pattern.ts'

type Layer = { regexp: RegExp; keys: { name: string | number }[] }
const { Router } = createRequire(import.meta.url)('express4') as {
  Router(): { use(path: unknown, handler: () => void): void; stack: Layer[] }
}

describe('decompilePattern', () => {
  for (const [path, expected = path] of [
    ['/one'],
    ['/Files/v1.0'],
    ['/users/:id'],
    ['/t/:tenant/u/:user'],
    ['/n/:id(\\d+)'],
    ['/f-:name.:type'],
    ['/o/:x?'],
    ['/w/*'],
    ['/w/*/z/:end'],
    ['/o/', '/o'],
    ['/', ''],
    [['/one', '/two/:x'], '/one,/two/:x'],
    [['/a/:x', '/b/:y'], '/a/:x,/b/:y'],
    [/^\/v\d+/, '/^\\/v\\d+/'],
  ] as const) {
    it(`recovers ${path} from its regular expression`, () => {
      const router = Router()
      router.use(path, () => {})
      const { regexp, keys } = router.stack[0] ?? assert.fail()
      assert.equal(decompilePattern(regexp, keys), expected)
    })
  }
})
