import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createIgnoredPaths } from './ignored-paths.ts'

describe('createIgnoredPaths', () => {
  it('creates nothing to call when no path is ignored', () => {
    assert.equal(createIgnoredPaths(), undefined)
    assert.equal(createIgnoredPaths([]), undefined)
  })

  for (const [path, ignored, counted] of [
    [
      '/healthz',
      ['/healthz', '/healthz?a=/b', 'http://host/healthz', 'HTTPS://user@host:1/healthz?a'],
      ['/healthz/', '/Healthz', '/healthz2', '//healthz', '/%68ealthz', '/a/healthz', '/?/healthz', 'healthz', '*', ''],
    ],
    [
      '/internal/*',
      ['/internal/x', '/internal/x/y?z', '/internal/', 'http://host/internal/x'],
      ['/internal', '/internal?/', '/internals/x', '/Internal/x', '/a/internal/x', ''],
    ],
    ['/', ['/', '/?a', 'http://host', 'http://host/', 'http://host?a'], ['//', '/a', '*', '']],
    ['/*', ['/', '/a', 'http://host'], ['*', 'host:443', '']],
  ] as const) {
    it(`takes ${path} by the path as it was sent`, () => {
      const isIgnored = createIgnoredPaths([path])
      assert.deepEqual(
        [...ignored, ...counted].filter((target) => isIgnored?.(target)),
        ignored,
      )
    })
  }
})
