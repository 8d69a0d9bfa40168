import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, describe, it } from 'node:test'
import type { App } from '../../harness/app.ts'
import { COMPARED_AGENT, compareRoutes } from '../beside/compare-routes.ts'
import { afterRequests, counted } from './requests.ts'
import { type RouteCase, send } from './route-cases.ts'

export type { RouteCase } from './route-cases.ts'

export interface RouteChecks {
  readonly cases: readonly RouteCase[]
  /** A target whose handler prints `reached` and never responds, and the template of its route. */
  readonly neverResponds?: readonly [target: string, route: string]
  /** All templates that the app declares; no other may be counted, whatever clients request. */
  readonly templates?: readonly string[]
}

/** Defines tests that start an app and check that its requests are counted with the routes that it declares. */
export function checkRoutes(
  name: string,
  start: () => Promise<App>,
  { cases, neverResponds, templates }: RouteChecks,
): void {
  if (COMPARED_AGENT !== undefined) {
    // An agent knows nothing of `setRoute`, with which the same app is tested once more.
    if (!name.includes('setRoute')) compareRoutes(name, start, COMPARED_AGENT, cases)
    return
  }
  describe(`routes of ${name}`, () => {
    let app: App
    let sent = 0
    before(async () => {
      app = await start()
    })
    after(() => app.stop())

    it(`finds the routes of ${name}`, async () => {
      const expected: Record<string, number> = {}
      for (const [request, statusAndRoute, json] of cases) {
        const status = await send(app, request, json)
        sent++
        assert.equal(status, Number(statusAndRoute.split(' ')[0]), request)
        const key = `${request.split(' ')[0]?.replace('PURGE', '_OTHER')} ${statusAndRoute}`
        expected[key] = (expected[key] ?? 0) + 1
      }
      assert.deepEqual(counted(await afterRequests(app, sent)), expected)
    })

    if (neverResponds !== undefined) {
      it(`finds the route of a request to ${name} that the client abandons`, async () => {
        const [target, route] = neverResponds
        const request = http.get({ host: '127.0.0.1', port: app.ready, path: target }).on('error', () => {})
        await app.line(/^reached$/)
        request.destroy()
        sent++
        assert.equal(counted(await afterRequests(app, sent))[`GET 499 ${route}`], 1)
      })
    }

    if (templates === undefined) return
    it(`counts no route but the templates of ${name}, whatever clients request`, async () => {
      const targets = hostileTargets(templates)
      for (const target of targets) await send(app, `GET ${target}`)
      const families = await afterRequests(app, sent + targets.length)
      const routes = new Set(Object.keys(counted(families)).map((key) => key.split(' ').slice(2).join(' ')))
      if (neverResponds) routes.delete(neverResponds[1])
      assert.deepEqual(
        [...routes].filter((route) => route !== 'unknown' && !templates.includes(route)),
        [],
      )
      assert.ok(routes.has('unknown') && routes.size > templates.length / 2, `${routes.size} routes were counted`)
    })
  })
}

/** Returns the cases of an app whose routes are not found. */
export const withoutRoutes = (cases: readonly RouteCase[]): RouteCase[] =>
  cases.map(([request, expected, json]) => [request, expected.replace(/ .*/, ' unknown'), json])

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

/**
 * Returns targets that resemble the templates: parameters of every kind, too many or too few segments, other spellings.
 */
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
    const filled = pick(templates).replaceAll(/(?:\{-|\{?\/?)(?:[:*$]\w*\??|\[+[.\w]+\]+|\*)\}?/g, (parameter) =>
      parameter.includes('/') ? `/${pick(VALUES)}` : pick(VALUES),
    )
    // The template of a route that is a regular expression is not a path.
    return pick(mutations)(/^\/[^\s\\^]*$/.test(filled) ? filled : `/${pick(VALUES)}`)
  })
}

/** Returns a generator of numbers from 0 to 1 that are the same in every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
