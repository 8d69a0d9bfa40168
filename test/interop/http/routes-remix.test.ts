import { fileURLToPath } from 'node:url'
import { startApp } from '../../harness/app.ts'
import { startBuiltApp } from '../../harness/built-app.ts'
import { withHooksOrExpress } from './each-way.ts'
import { checkRoutes, type RouteCase, type RouteChecks } from './routes.ts'

const SERVER = fileURLToPath(new URL('./node_modules/@remix-run/serve/dist/cli.js', import.meta.url))
const BUILD = fileURLToPath(new URL('./apps/remix.js', import.meta.url))

const start = (env: Readonly<Record<string, string>>) => () =>
  startBuiltApp(SERVER, { NODE_ENV: 'production', ...env }, [BUILD])

const known = (checks: RouteChecks) => withHooksOrExpress(checks, '*')

const CASES: readonly RouteCase[] = [
  ['GET /', '200 /'],
  ['GET /users/1?q=2', '200 /users/:id'],
  ['GET /users/1/posts/2', '200 /users/:id/posts/:post?'],
  ['GET /users/1/posts', '200 /users/:id/posts/:post?'],
  ['GET /api/items/1', '200 /api/items/:item'],
  ['GET /docs/a/b', '200 /docs/*'],
  ['GET /fail', '500 /fail'],
  ['GET /nowhere', '404 unknown'],
  ['GET /users/1/2', '404 unknown'],
]

checkRoutes(
  'Remix 2',
  start({}),
  known({
    neverResponds: ['/never/1', '/never/:id'],
    templates: ['/', '/users/:id', '/users/:id/posts/:post?', '/api/items/:item', '/docs/*', '/fail', '*'],
    cases: [
      ...CASES,
      // What Remix's client requests as a user goes to a page, and a page whose path looks like what it requests with single fetch.
      ['GET /users/1?_data=routes%2Fusers.%24id', '200 /users/:id'],
      ['GET /docs/a.data', '200 /docs/*'],
    ],
  }),
)

checkRoutes(
  'Remix 2 with single fetch',
  start({ SINGLE_FETCH: '1' }),
  known({
    cases: [
      ...CASES,
      ['GET /users/1.data', '200 /users/:id'],
      ['GET /_root.data', '200 /'],
      ['GET /users/_root.data', '200 /users/:id'],
    ],
  }),
)

checkRoutes(
  'Remix 2 below a basename',
  start({ BASE: '/base' }),
  known({
    cases: [
      ['GET /base/users/1', '200 /base/users/:id'],
      ['GET /base', '200 /base'],
      ['GET /users/1', '404 unknown'],
    ],
  }),
)

const ofRemix = known({ cases: [['GET /users/1', '200 /users/:id']] })
checkRoutes('Remix 2 on Express', () => startApp(new URL('./apps/remix-express.js', import.meta.url)), {
  cases: [
    ...ofRemix.cases,
    ['GET /express/1', '200 /express/:id'],
    ['GET /below/1', '200 /below/:id'],
    // `setRoute` takes precedence, with hooks and without.
    ['GET /docs/named', '200 /docs/{name}'],
    ['GET /nowhere', '404 unknown'],
  ],
})
