import { checkLoaded } from './each-load.ts'
import type { RouteCase } from './routes.ts'

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
  // The app has functions of its own that tell which route it is.
  ['GET /later/1', '200 unknown'],
  // The app removes a prefix that nothing else knows, and rewrites a path.
  ['GET /below/users/1', '200 unknown'],
  ['GET /old', '200 /users/:id'],
  ['GET /without', '200 unknown'],
  ['GET /nowhere', '404 unknown'],
  ['GET /users/%', '404 unknown'],
  ['DELETE /users/1', '404 unknown'],
]

for (const ROUTER of ['find-my-way', 'find-my-way-7']) {
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
