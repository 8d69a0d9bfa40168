import { checkLoaded } from './each-load.ts'

const below = (...mounts: string[]) => mounts.flatMap((mount) => ['', '/:id', '/:id/fail'].map((path) => mount + path))

for (const APP of ['0http', 'restana', 'restana-4']) {
  const checks = {
    neverResponds: ['/never/1', '/never/:id'],
    templates: [
      ...['/', '/things/own', '/things/:thing', '/any/:x', '/wild/*', '/*'],
      ...['/tenants/:tenant/about', '/api/users/:id/passed'],
      ...below('/api/users', '/tenants/:tenant/users'),
    ],
    cases: [
      ['GET /', '200 /'],
      // One handler is that of several routes, two of which match.
      ['GET /things/own', '200 /things/own'],
      ['GET /things/1?q=2', '200 /things/:thing'],
      ['POST /things/1', '200 /things/:thing'],
      ['PATCH /any/1', '200 /any/:x'],
      ['GET /wild/a/b', '200 /wild/*'],
      ['GET /api/users', '200 /api/users'],
      ['GET /api/users/1', '200 /api/users/:id'],
      ['GET /api/users/1/fail', '500 /api/users/:id/fail'],
      ['GET /tenants/acme/about', '200 /tenants/:tenant/about'],
      ['GET /tenants/acme/users/1', '200 /tenants/:tenant/users/:id'],
      // A route in the router passes the request on, to one outside.
      ['GET /api/users/1/passed', '200 /api/users/:id/passed'],
      // A middleware refuses, before a route and before a router whose route is not searched.
      ['GET /things/1?refused', '401 /things/:thing'],
      ['GET /api/users/1?refused', '401 unknown'],
      ['GET /files/a.png', '200 unknown'],
      // A route for every path passes the request on, and then responds.
      ['GET /nowhere', '404 unknown'],
      ['GET /nowhere?found', '200 /*'],
      ['DELETE /things/1', '404 unknown'],
    ],
  } as const
  checkLoaded(APP, './apps/zero-http-routes.js', checks, { APP })
}
