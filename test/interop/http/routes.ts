import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, it } from 'node:test'
import type { App } from '../../harness/app.ts'
import { afterRequests, counted } from './requests.ts'

/** A request, `METHOD target`, the status and route that it should be counted under, and a body to send as JSON. */
export type RouteCase = readonly [request: string, counted: string, json?: unknown]

export interface RouteChecks {
  readonly cases: readonly RouteCase[]
  /** A target whose route says `reached` on stdout and never answers, and that route. */
  readonly unanswered?: readonly [target: string, route: string]
  /** All the templates that the app declares: no other may come up, whatever clients ask for. */
  readonly templates?: readonly string[]
}

/** Starts an app, and holds that its requests are counted under the routes that it declares. */
export function checkRoutes(
  name: string,
  start: () => Promise<App>,
  { cases, unanswered, templates }: RouteChecks,
): void {
  describe(`routes of ${name}`, () => {
    let app: App
    let sent = 0
    before(async () => {
      app = await start()
    })
    after(() => app.stop())

    it('are its templates', async () => {
      const expected: Record<string, number> = {}
      for (const [request, counted, json] of cases) {
        const status = await send(app, request, json)
        sent++
        assert.equal(status, Number(counted.split(' ')[0]), request)
        const key = `${request.split(' ')[0]?.replace('PURGE', '_OTHER')} ${counted}`
        expected[key] = (expected[key] ?? 0) + 1
      }
      assert.deepEqual(counted(await afterRequests(app, sent)), expected)
    })

    if (unanswered !== undefined) {
      it('are known of requests that the client gives up', async () => {
        const [target, route] = unanswered
        const request = http.get({ host: '127.0.0.1', port: app.ready, path: target }).on('error', () => {})
        await app.line(/^reached$/)
        request.destroy()
        sent++
        assert.equal(counted(await afterRequests(app, sent))[`GET 499 ${route}`], 1)
      })
    }

    if (templates === undefined) return
    it('stay its templates, whatever clients ask for', async () => {
      const targets = hostileTargets(templates)
      for (const target of targets) await send(app, `GET ${target}`)
      const families = await afterRequests(app, sent + targets.length)
      const routes = new Set(Object.keys(counted(families)).map((key) => key.split(' ').slice(2).join(' ')))
      if (unanswered) routes.delete(unanswered[1])
      assert.deepEqual(
        [...routes].filter((route) => route !== 'unknown' && !templates.includes(route)),
        [],
      )
      assert.ok(routes.has('unknown') && routes.size > templates.length / 2, `${routes.size} routes were asked for`)
    })
  })
}

/** Sends a request with the target as it is, to the app's port, and reads the answer; its status. */
export function send(app: App, request: string, json?: unknown): Promise<number> {
  const [method, path = ''] = request.split(' ')
  const body = json === undefined ? '' : JSON.stringify(json)
  const headers = json === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }
  return new Promise((resolve, reject) => {
    http
      .request({ host: '127.0.0.1', port: app.ready, method, path, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      .on('error', reject)
      .end(body)
  })
}

const VALUES = [
  '42',
  'users',
  '%2F',
  '%00',
  '..',
  '.',
  'a.b',
  '%E2%98%83',
  '',
  ':id',
  '*',
  '%25',
  'x'.repeat(300),
  '(a)',
]

/** Targets near the templates: parameters with values of every kind, segments too many and too few, other spellings. */
function hostileTargets(templates: readonly string[]): string[] {
  const random = createRandom(4)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const mutations: ((path: string) => string)[] = [
    (path) => path,
    (path) => path,
    (path) => `${path}/`,
    (path) => `${path}/${pick(VALUES)}`,
    (path) => `${path}?q=${pick(VALUES)}`,
    (path) => path.replace(/\/[^/]*$/, '') || '/',
    (path) => `/${pick(VALUES)}${path}`,
    (path) => path.toUpperCase(),
    (path) => path.replaceAll('/', '//'),
    (path) => `http://example.test${path}`,
    () => `/${pick(VALUES)}/${Math.floor(random() * 1e9)}`,
  ]
  return Array.from({ length: 300 }, () => {
    const filled = pick(templates).replaceAll(/\{?\/?(?:[:*$]\w*\??|\[+[.\w]+\]+|\*)\}?/g, (parameter) =>
      parameter.includes('/') ? `/${pick(VALUES)}` : pick(VALUES),
    )
    // A regular expression has no path to begin with.
    return pick(mutations)(/^\/[^\s\\^]*$/.test(filled) ? filled : `/${pick(VALUES)}`)
  })
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
