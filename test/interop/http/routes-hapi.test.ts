import { checkEachWay } from './each-way.ts'

checkEachWay('hapi', './apps/hapi-routes.js', {
  needsHooks: true,
  templates: [
    '/',
    '/users/{id}',
    '/files/{name}.{type}',
    '/wild/{rest*}',
    '/optional/{x?}',
    '/fail',
    '/v1/things/{thing}',
    '/{all*}',
  ],
  cases: [
    ['GET /', '200 /'],
    ['GET /users/1', '200 /users/{id}'],
    ['DELETE /users/1', '200 /users/{id}'],
    ['GET /users/1?refused=1', '401 /users/{id}'],
    ['GET /files/a.png', '200 /files/{name}.{type}'],
    ['GET /wild/a/b', '200 /wild/{rest*}'],
    ['GET /optional', '200 /optional/{x?}'],
    ['GET /v1/things/x', '200 /v1/things/{thing}'],
    ['GET /fail', '500 /fail'],
    // A route for every path finds nothing, and then something.
    ['GET /nowhere', '404 unknown'],
    ['GET /nowhere?found=1', '200 /{all*}'],
    ['GET /users/%', '400 unknown'],
    ['POST /fail', '404 unknown'],
  ],
})
