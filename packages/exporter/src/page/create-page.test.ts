import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { createScrapeEndpoint, PAGE_PATHS, type ScrapeEndpoint } from '../index.ts'
import { createPage } from './create-page.ts'
import type { Status } from './status.ts'

const STATUS: Status = {
  gateway: '</script><b>',
  version: '1.2.3',
  node: 'v24.0.0',
  nowMs: 1,
  processes: [{ pid: 1, threadId: 0, entry: 'app.js' }],
  scrapes: [],
}

describe('the page for people', () => {
  let endpoint: ScrapeEndpoint
  let base: string
  let reads = 0
  before(async () => {
    const page = createPage({
      readFile: (name) => {
        reads++
        return name === 'page.js' ? Buffer.from('// é') : readFileSync(new URL(name, import.meta.url))
      },
      status: () => STATUS,
    })
    endpoint = createScrapeEndpoint({ onError: (error) => assert.fail(String(error)), page })
    base = (await endpoint.listen({ host: '127.0.0.1', port: 0 })).url
  })
  after(() => endpoint.close())
  const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, base), init)

  for (const [path, type] of [
    ['/', 'text/html; charset=utf-8'],
    ['/?from=bookmark', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/icon.svg', 'image/svg+xml'],
    ['/favicon.ico', 'image/svg+xml'],
    ['/status.json', 'application/json'],
  ] as const) {
    it(`serves ${path} as ${type}, and lets nothing else be loaded`, async () => {
      const response = await get(path)
      const body = Buffer.from(await response.arrayBuffer())
      assert.equal(response.status, 200)
      assert.equal(response.headers.get('content-type'), type)
      assert.equal(response.headers.get('content-length'), String(body.length))
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      const policy = response.headers.get('content-security-policy') ?? ''
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /)
      assert.doesNotMatch(policy, /unsafe|\*|data:|https?:/)
      assert.match(policy, /frame-ancestors 'none'/)

      const head = await get(path, { method: 'HEAD' })
      assert.deepEqual([head.status, await head.text()], [200, ''])
      assert.equal(head.headers.get('content-length'), String(body.length))
    })
  }

  it('reads each file once, and lets browsers ask whether it has changed', async () => {
    await (await get('/page.css')).text()
    const before = reads
    const response = await get('/page.css')
    await response.text()
    const etag = response.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{22}"$/)
    assert.equal(response.headers.get('cache-control'), 'no-cache')
    const again = await get('/page.css', { headers: { 'if-none-match': etag } })
    assert.deepEqual([again.status, await again.text(), reads], [304, '', before])
    const other = await get('/page.js', { headers: { 'if-none-match': etag } })
    assert.deepEqual([other.status, await other.text()], [200, '// é'])
  })

  it('serves the status as it is now, for no cache to keep', async () => {
    const response = await get('/status.json')
    assert.deepEqual(await response.json(), STATUS)
    assert.equal(response.headers.get('cache-control'), 'no-store')
  })

  it('takes no other method', async () => {
    for (const path of PAGE_PATHS) {
      const response = await get(path, { method: 'POST', body: 'x' })
      await response.text()
      assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
    }
  })

  it('leaves other paths to the endpoint', async () => {
    for (const path of ['/page.html', '/page.js/', '/..%2fpage.js', '/constructor', '/__proto__']) {
      const response = await get(path)
      await response.text()
      assert.equal(response.status, 404, path)
    }
  })

  it('has no script, style or reference of its own in the markup', () => {
    const html = readFileSync(new URL('page.html', import.meta.url), 'utf8')
    assert.doesNotMatch(html, /<script(?![^>]* src="page\.js")|<style|\sstyle=|\son\w+=|https?:/)
  })
})
