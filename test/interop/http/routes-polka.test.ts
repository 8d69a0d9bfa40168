import { checkLoaded } from './each-load.ts'

const USERS = ['', '/:id', '/:id/items/:item', '/:id/fail']

for (const APP of ['polka', 'polka-1']) {
  const checks = {
    neverResponds: ['/never/1', '/never/:id'],
    templates: [
      ...['/', '/things/own', '/things/:thing', '/any/:x', '/wild/*', '/tenants/about', '/tenants/other/*'],
      ...USERS.flatMap((path) => [`/users${path}`, `/tenants/users${path}`]),
    ],
    cases: [
      ['GET /', '200 /'],
      // One handler is that of several routes, two of which match.
      ['GET /things/own', '200 /things/own'],
      ['GET /things/1?q=2', '200 /things/:thing'],
      ['POST /things/1', '200 /things/:thing'],
      ['PATCH /any/1', '200 /any/:x'],
      ['GET /wild/a/b', '200 /wild/*'],
      ['GET /users', '200 /users'],
      ['GET /users/1?q=2', '200 /users/:id'],
      ['GET /users/1/items/2', '200 /users/:id/items/:item'],
      ['GET /users/1/fail', '500 /users/:id/fail'],
      // An app in an app that has an asynchronous middleware.
      ['GET /tenants/about', '200 /tenants/about'],
      ['GET /tenants/users/1', '200 /tenants/users/:id'],
      // A middleware refuses.
      ['GET /things/1?refused', '401 /things/:thing'],
      ['GET /files/a.png', '200 unknown'],
      ['GET /nowhere', '404 unknown'],
      ['GET /users/1/2/3', '404 unknown'],
      ['DELETE /things/1', '404 unknown'],
    ],
  } as const
  checkLoaded(APP, './apps/polka-routes.js', checks, { APP })
}
