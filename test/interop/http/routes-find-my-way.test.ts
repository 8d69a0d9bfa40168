import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type App, startApp } from '../../harness/app.ts'
import { COMPARED_AGENT } from '../beside/compare-routes.ts'
import { checkLoaded } from './each-load.ts'
import { hasHooks } from './each-way.ts'
import { afterRequests, counted } from './requests.ts'
import { send } from './route-cases.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const CASES: readonly RouteCase[] = [
  ['GET /', '200 /'],
  ['GET /users/1?q=2', '200 /users/:id'],
  ['GET /users/me', '200 /users/me'],
  ['GET /users/1/items/2', '200 /users/:id/items/:item'],
  ['POST /users/1/items/2', '200 /users/:id/items/:item'],
  ['GET /files/a.png', '200 /files/:name.:type'],
  ['GET /number/12', '200 /number/:n(^\\d+$)'],
  ['GET /number/x', '404 unknown'],
  ['GET /wild/a/b', '200 /wild/*'],
  ['GET /fail', '500 /fail'],
  ['GET /inner/deep/1', '200 /inner/deep/:id'],
  ['GET /inner/none', '404 /inner/*'],
  // The app removes a prefix that nothing else knows, and rewrites a path.
  ['GET /below/users/1', '200 unknown'],
  ['GET /old', '200 /users/:id'],
  ['GET /without', '200 unknown'],
  ['GET /nowhere', '404 unknown'],
  ['GET /users/%', '404 unknown'],
  ['DELETE /users/1', '404 unknown'],
]

/** What an app with constraints of its own has, where it derives them at once (`now`) and asynchronously (`later`). */
const ofTenants = (when: 'now' | 'later'): readonly RouteCase[] => [
  [`GET /${when}/1?tenant=a`, `200 /${when}/:id`],
  [`GET /${when}/1?tenant=b`, `202 /${when}/:name`],
  [`GET /${when}/1?tenant=c`, `203 /${when}/*`],
  [`GET /${when}/all/1?tenant=b`, `200 /${when}/all/:any`],
  [`GET /${when}/1/more?tenant=a`, '404 unknown'],
  [`GET /${when}/compiled/1?tenant=a`, `200 /${when}/compiled/:id`],
  [`GET /${when}/compiled/1?tenant=b`, '404 unknown'],
]

const CONSTRAINED = './apps/find-my-way-constraints.js'

for (const ROUTER of ['find-my-way', 'find-my-way-8', 'find-my-way-7']) {
  const cases: readonly RouteCase[] = [
    ...ofTenants('now'),
    ...ofTenants('later'),
    ['GET /later/1?tenant=unheard', '500 unknown'],
  ]
  const templates = cases.map(([, expected]) => expected.slice(4)).filter((route) => route !== 'unknown')
  checkLoaded(`${ROUTER} with constraints of the app's own`, CONSTRAINED, { cases, templates }, { ROUTER })
}

const FASTIFY_USERS: readonly RouteCase[] = [
  ['GET /users/1?tenant=a', '200 /users/:id'],
  ['GET /users/1?tenant=b', '202 /users/:name'],
  ['GET /users/1', '404 unknown'],
]

const FRAMEWORKS = {
  fastify: { users: FASTIFY_USERS, below: '/own/*' },
  fastify4: { users: FASTIFY_USERS, below: '/own/*' },
  restify: { users: [['GET /users/1', '200 /users/:id']], below: '/own/*' },
} as const

for (const [FRAMEWORK, { users, below }] of Object.entries(FRAMEWORKS)) {
  const own = (route: string) => (hasHooks() ? route : below)
  checkRoutes(
    `find-my-way below ${FRAMEWORK}`,
    () => startApp(new URL('./apps/constraints-below.js', import.meta.url), { env: { FRAMEWORK } }),
    {
      cases: [
        ...users,
        ['GET /own/1?tenant=a', `200 ${own('/own/:id')}`],
        ['GET /own/1?tenant=b', `202 ${own('/own/:name')}`],
        ['GET /own/1?tenant=c', `404 ${below}`],
      ],
    },
  )
}

if (COMPARED_AGENT === undefined) {
  describe('find-my-way that derives constraints asynchronously', () => {
    let app: App
    before(async () => {
      app = await startApp(new URL(CONSTRAINED, import.meta.url), { env: { ROUTER: 'find-my-way' } })
    })
    after(() => app.stop())

    it('finds the routes of requests that are derived before either of them is looked up', async () => {
      const waiting = send(app, 'GET /later/wait?tenant=a')
      await app.line(/^waiting$/)
      assert.deepEqual(await Promise.all([send(app, 'GET /later/1?tenant=b'), waiting]), [202, 200])
      const [a, b] = hasHooks() ? ['/later/:id', '/later/:name'] : ['unknown', 'unknown']
      assert.deepEqual(counted(await afterRequests(app, 2)), { [`GET 200 ${a}`]: 1, [`GET 202 ${b}`]: 1 })
    })
  })
}

for (const ROUTER of ['find-my-way', 'find-my-way-8', 'find-my-way-7']) {
  const checks = {
    cases: CASES,
    neverResponds: ['/never/1', '/never/:id'],
    templates: [
      ...['/', '/users/:id', '/users/me', '/users/:id/items/:item', '/files/:name.:type', '/number/:n(^\\d+$)'],
      ...['/wild/*', '/fail', '/things/:thing', '/inner/deep/:id', '/inner/*'],
    ],
  } as const
  checkLoaded(ROUTER, './apps/find-my-way-routes.js', checks, { ROUTER })
}
