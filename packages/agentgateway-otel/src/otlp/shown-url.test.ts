import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { shownUrl } from './shown-url.ts'

describe('a URL that is shown', () => {
  for (const [url, shown] of [
    ['https://user:secret@collector:4318/v1/metrics?api-key=secret#secret', 'https://collector:4318/v1/metrics'],
    ['http://[::1]:4318/v1/metrics', 'http://[::1]:4318/v1/metrics'],
    ['/elsewhere?key=secret', '/elsewhere'],
    ['//user:secret@other/path', 'other/path'],
    ['no url user:secret@host', 'host'],
    ['data:text/plain,secret', 'data:'],
    [`https://collector/${'x'.repeat(300)}`, `https://collector/${'x'.repeat(182)}…`],
    ['\u001b[31mred\n', '[31mred'],
  ] as const) {
    it(`is ${shown} for ${JSON.stringify(url)}`, () => {
      assert.equal(shownUrl(url), shown)
    })
  }
})
