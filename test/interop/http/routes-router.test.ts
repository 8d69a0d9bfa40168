import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteCase, type RouteChecks } from './routes.ts'

const below = (mount: string) =>
  ['', '/:id', '/:id/items', '/:id/items/:item', '/:id/items/:item/fail'].map((path) => mount + path)

const CHECKS: RouteChecks = {
  neverResponds: ['/never/1', '/never/:id'],
  templates: [
    '/',
    '/things/:thing',
    '/hidden/:id',
    '/later/:group/:id',
    '/second/:id',
    '/hidden/passed/:next',
    '/handled/:id',
    ...below('/users'),
    ...below('/api/v1'),
  ],
  cases: [
    ['GET /', '200 /'],
    ['GET /users', '200 /users'],
    ['GET /users/1?q=2', '200 /users/:id'],
    ['HEAD /users/1', '200 /users/:id'],
    ['GET /users/1/items/2', '200 /users/:id/items/:item'],
    ['GET /users/1/items/2/fail', '500 /users/:id/items/:item/fail'],
    ['GET /api/v1/1', '200 /api/v1/:id'],
    ['POST /things/1', '200 /things/:thing'],
    ['DELETE /things/1', '404 unknown'],
    ['OPTIONS /things/1', '200 unknown'],
    // A middleware refuses, and a route passes the request on.
    ['GET /users/1?refused', '401 unknown'],
    ['GET /users/passed/1', '404 unknown'],
    // A function calls the router: at once, later, or after another one.
    ['GET /hidden/1', '200 /hidden/:id'],
    ['GET /later/a/1', '200 /later/:group/:id'],
    ['GET /second/1', '200 /second/:id'],
    // The router that the function calls passes the request on.
    ['GET /hidden/passed/1', '200 /hidden/passed/:next'],
    // A function in a route calls the router, which gets the whole path.
    ['GET /handled/1', '200 /handled/:id'],
    // The function, or the app, removes a prefix itself.
    ['GET /cut/v2/1', '200 unknown'],
    ['GET /own/users/1', '200 unknown'],
    ['GET /files/a.png', '200 unknown'],
    ['GET /nowhere', '404 unknown'],
    ['GET /users/%', '400 unknown'],
  ],
}

/** Defines tests of an app that imports the packages, and of one that requires them. */
function checkEachLoad(name: string, env: Record<string, string>, checksOf: (load: string) => RouteChecks): void {
  for (const LOAD of ['import', 'require']) {
    const start = () => startApp(new URL('./apps/router-routes.js', import.meta.url), { env: { ...env, LOAD } })
    checkRoutes(`${name}, by ${LOAD}`, start, checksOf(LOAD))
  }
}

for (const ROUTER of ['router', 'router-2.2', 'router-1']) checkEachLoad(ROUTER, { ROUTER }, () => CHECKS)
checkEachLoad('Router of express alone', { ROUTER: 'express' }, () => CHECKS)
// The Router of Express 4 responds to OPTIONS with a function of Express's responses, which is not there.
const ofExpress4 = CHECKS.cases.map(
  ([request, expected]): RouteCase => [request, request.startsWith('OPTIONS') ? '500 unknown' : expected],
)
checkEachLoad('Router of express4 alone', { ROUTER: 'express4' }, () => ({ ...CHECKS, cases: ofExpress4 }))

const inConnect = { ROUTER: 'router', CONNECT: 'true' }
checkEachLoad('router in connect', inConnect, () => CHECKS)

// What an ES module imports of connect cannot be changed, so the prefixes are known only where it is required.
checkEachLoad('router below prefixes of connect', inConnect, (load) => {
  const isKnown = load === 'require' && hasHooks()
  return {
    cases: [
      ['GET /mounted/users/1', `200 ${isKnown ? '/mounted/users/:id' : 'unknown'}`],
      ['GET /outer/inner/api/v1/1', `200 ${isKnown ? '/outer/inner/api/v1/:id' : 'unknown'}`],
      ['GET /mounted', `200 ${isKnown ? '/mounted' : 'unknown'}`],
    ],
  }
})
