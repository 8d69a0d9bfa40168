import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from '../http/routes.ts'

/**
 * Defines tests of a server that Nitro built.
 *
 * @param refused the route that a request has which a middleware refuses: in h3 1 the middleware runs before the route is searched
 */
export function checkNitro(name: string, buildServer: () => Promise<string>, refused: string): void {
  const checks: RouteChecks = {
    neverResponds: ['/never/1', '/never/:id'],
    templates: [
      ...['/', '/api/users/:id', '/api/users/me', '/things/:thing/parts/:part', '/files/**:path'],
      // A rule for cached paths is a route in Nitro 2.
      ...['/cached/:key', '/cached/**', '/fail', '/**:rest'],
    ],
    cases: [
      ['GET /', '200 /'],
      ['GET /api/users/1?q=2', '200 /api/users/:id'],
      ['POST /api/users/1', '200 /api/users/:id'],
      ['GET /api/users/me', '200 /api/users/me'],
      ['GET /things/1/parts/2', '200 /things/:thing/parts/:part'],
      ['GET /files/a/b', '200 /files/**:path'],
      // The second one is served from Nitro's cache.
      ['GET /cached/a', '200 /cached/:key'],
      ['GET /cached/a', '200 /cached/:key'],
      ['GET /fail', '500 /fail'],
      ['GET /api/users/1?refused=1', `401 ${refused}`],
      ['GET /old', '307 unknown'],
      ['GET /hello.txt', '200 unknown'],
      // A route for every path finds nothing, and then something.
      ['GET /nowhere', '404 unknown'],
      ['GET /nowhere?found=1', '200 /**:rest'],
    ],
  }
  checkRoutes(
    name,
    async () => startBuiltApp(await buildServer()),
    hasHooks() ? checks : { cases: withoutRoutes(checks.cases) },
  )
  checkRoutes(`${name} that calls setRoute`, async () => startBuiltApp(await buildServer()), {
    cases: [['GET /named', '200 /named-by-the-app']],
  })
}
