import { startApp } from '../../harness/app.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const file = new URL('./apps/express-routes.js', import.meta.url)

const TEMPLATES = [
  '/',
  '/users',
  '/users/:id',
  '/people',
  '/people/:id',
  '/users/:id/posts',
  '/users/:id/posts/:postId',
  '/users/:id/posts/:postId/fail',
  '/people/:id/posts',
  '/people/:id/posts/:postId',
  '/people/:id/posts/:postId/fail',
  '/Files/v1.0/square',
  '/admin',
  '/admin/log/:day',
  '/admin/inner/deep/:id',
  '/^\\/re.*x$/',
  '/first,/second/:x',
  '/later',
  '/late-fail',
  '/all/:any',
  '/chained/:id',
  '/guarded/:key',
  '/t/:tenant/items/:item',
  '/items/:item',
  '/t/:tenant/u/:user/items/:item',
  '/one,/two/items/:item',
  '/^\\/v\\d//items/:item',
  '/left,/far/right/item/:id',
  '/rewritten/:id',
  '/proxied/:id',
]

const CASES: readonly RouteCase[] = [
  ['GET /', '200 /'],
  ['GET /users', '200 /users'],
  ['GET /users/', '200 /users'],
  ['GET /users/42', '200 /users/:id'],
  ['HEAD /users/9', '200 /users/:id'],
  ['PURGE /users/9', '404 unknown'],
  ['GET /people/42', '200 /people/:id'],
  ['GET /users/42/posts', '200 /users/:id/posts'],
  ['GET /users/users/posts/posts?postId=7', '200 /users/:id/posts/:postId'],
  ['GET /people/7/posts/8', '200 /people/:id/posts/:postId'],
  ['GET /people/7/posts/8/fail', '500 /people/:id/posts/:postId/fail'],
  ['GET /users/7/posts/8/fail', '500 /users/:id/posts/:postId/fail'],
  ['GET /Files/v1.0/square', '200 /Files/v1.0/square'],
  ['GET /admin', '200 /admin'],
  ['GET /admin/log/monday', '200 /admin/log/:day'],
  ['GET /admin/inner/deep/1', '200 /admin/inner/deep/:id'],
  ['GET /regular-x', '200 /^\\/re.*x$/'],
  ['GET /first', '200 /first,/second/:x'],
  ['GET /second/3', '200 /first,/second/:x'],
  ['GET /later', '200 /later'],
  ['GET /late-fail', '500 /late-fail'],
  ['PUT /all/x', '200 /all/:any'],
  ['DELETE /chained/1', '200 /chained/:id'],
  ['GET /chained/1', '200 /chained/:id'],
  // The parameter's handler answers for the route.
  ['GET /guarded/no', '403 /guarded/:key'],
  ['GET /guarded/yes', '200 /guarded/:key'],
  ['GET /guarded/broken', '500 /guarded/:key'],
  // One router, mounted four times: with parameters, without, and at several paths at once.
  ['GET /t/acme/items/1', '200 /t/:tenant/items/:item'],
  ['GET /t/items/items/items', '200 /t/:tenant/items/:item'],
  ['GET /items/1', '200 /items/:item'],
  ['GET /t/a/u/b/items/1', '200 /t/:tenant/u/:user/items/:item'],
  ['GET /t/u/u/u/items/1', '200 /t/:tenant/u/:user/items/:item'],
  ['GET /one/items/1', '200 /one,/two/items/:item'],
  ['GET /two/items/1', '200 /one,/two/items/:item'],
  ['GET /v7/items/1', '200 /^\\/v\\d//items/:item'],
  ['GET /v8/items/1', '200 /^\\/v\\d//items/:item'],
  // An app mounted at paths of different lengths.
  ['GET /left/item/1', '200 /left,/far/right/item/:id'],
  ['GET /far/right/item/1', '200 /left,/far/right/item/:id'],
  // What a middleware, or the route itself, makes of the URL is not what the client asked for.
  ['GET /old/7', '200 /rewritten/:id'],
  ['GET /proxied/7', '200 /proxied/:id'],
  ['GET http://example.test/users/42?q=1', '200 /users/:id'],
  // A route for whatever no other takes: here it says that there is nothing.
  ['GET /rest/any', '404 unknown'],
  ['GET /nowhere', '404 unknown'],
  ['GET /nowhere/else/%00', '404 unknown'],
  ['GET /users/1/2/3', '404 unknown'],
  ['GET /users/%', '400 unknown'],
  ['GET /static/express-routes.js', '200 unknown'],
  ['GET /static/none.js', '404 unknown'],
]

checkRoutes('Express 5', () => startApp(file, { env: { EXPRESS: 'express' } }), {
  templates: [...TEMPLATES, '/optional{/:id}', '/wild/*splat', '/rest*path', '/by-size/:size/box'],
  cases: [
    ...CASES,
    ['GET /optional', '200 /optional{/:id}'],
    ['GET /optional/7', '200 /optional{/:id}'],
    ['GET /wild/a/b/c', '200 /wild/*splat'],
    ['GET /rest/any?found=1', '200 /rest*path'],
    ['GET /by-size/10x20/box', '200 /by-size/:size/box'],
  ],
})

checkRoutes('Express 4', () => startApp(file, { env: { EXPRESS: 'express4' } }), {
  templates: [...TEMPLATES, '/optional/:id?', '/wild/*', '/rest*', '/number/:n(\\d+)'],
  cases: [
    ...CASES,
    ['GET /optional', '200 /optional/:id?'],
    ['GET /optional/7', '200 /optional/:id?'],
    ['GET /wild/a/b/c', '200 /wild/*'],
    ['GET /rest/any?found=1', '200 /rest*'],
    ['GET /number/1', '200 /number/:n(\\d+)'],
    ['GET /number/x', '404 unknown'],
  ],
})
