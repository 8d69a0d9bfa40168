import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteCase, withoutRoutes } from './routes.ts'

const CASES: readonly RouteCase[] = [
  ['GET /', '200 /'],
  ['GET /users/1?q=2', '200 /users/:id'],
  ['HEAD /users/1', '200 /users/:id'],
  ['POST /users/1', '200 /users/:id'],
  ['GET /v1/acme/things', '200 /v1/:tenant/things/:thing?'],
  ['GET /v1/acme/things/1', '200 /v1/:tenant/things/:thing?'],
  ['GET /v1/acme/files/a/b', '200 /v1/:tenant/files/*'],
  ['GET /fail', '500 /fail'],
  // A route for every path finds nothing, and then something.
  ['GET /nowhere', '404 unknown'],
  ['GET /nowhere?found=1', '200 /*'],
  ['DELETE /users/1', '404 unknown'],
]

// `setRoute` works without hooks, too.
const NAMED: RouteCase = ['GET /named/1', '200 /named/{id}']

// AdonisJS has no CommonJS.
checkRoutes(
  'AdonisJS',
  () => startApp(new URL('./apps/adonis-routes.js', import.meta.url)),
  hasHooks()
    ? {
        cases: [...CASES, NAMED, ['GET /refused/1?refused=1', '401 /refused/:id']],
        neverResponds: ['/never/1', '/never/:id'],
        templates: [
          ...[
            '/',
            '/users/:id',
            '/v1/:tenant/things/:thing?',
            '/v1/:tenant/files/*',
            '/refused/:id',
            '/fail',
            '/named/{id}',
            '/*',
          ],
        ],
      }
    : { cases: [...withoutRoutes(CASES), NAMED] },
)
