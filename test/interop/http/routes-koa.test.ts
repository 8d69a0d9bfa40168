import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

checkRoutes('Koa', () => startApp(new URL('./apps/koa-routes.js', import.meta.url)), {
  neverResponds: ['/api/never/1', '/api/never/:id'],
  templates: [
    '/api',
    '/api/users',
    '/api/users/:id',
    '/api/users/:id/items',
    '/api/users/:id/items/:item',
    '/api/users/:id/items/:item/fail',
    '/api/all/:any',
    '/api/optional{/:x}',
    '/api/wild/*splat',
    '/api/first',
    '/api/second/:x',
    '/^\\/api\\/re/',
    '/health',
    '/^\\/v\\d+$/',
    '/{*all}',
  ],
  cases: [
    ['GET /api', '200 /api'],
    ['GET /api/users', '200 /api/users'],
    ['GET /api/users/1?q=2', '200 /api/users/:id'],
    ['HEAD /api/users/1', '200 /api/users/:id'],
    ['GET /api/users/1/items', '200 /api/users/:id/items'],
    ['GET /api/users/items/items/items', '200 /api/users/:id/items/:item'],
    ['POST /api/users/1/items/2', '200 /api/users/:id/items/:item'],
    // A middleware of the router responds instead of the route.
    ['GET /api/users/1/items/2?refused=1', '401 /api/users/:id/items/:item'],
    ['GET /api/users/1/items/2/fail', '500 /api/users/:id/items/:item/fail'],
    ['PUT /api/all/x', '200 /api/all/:any'],
    ['GET /api/optional', '200 /api/optional{/:x}'],
    ['GET /api/optional/1', '200 /api/optional{/:x}'],
    ['GET /api/wild/a/b', '200 /api/wild/*splat'],
    ['GET /api/first', '200 /api/first'],
    ['GET /api/second/1', '200 /api/second/:x'],
    ['GET /api/region', '200 /^\\/api\\/re/'],
    // The route passes the request on, to the route for every path.
    ['GET /api/passed/1', '404 unknown'],
    ['GET /health', '200 /health'],
    ['GET /v12', '200 /^\\/v\\d+$/'],
    // A route for every path finds nothing, and then something.
    ['GET /nowhere', '404 unknown'],
    ['GET /nowhere?found=1', '200 /{*all}'],
    ['GET /api/nowhere', '404 unknown'],
    ['DELETE /api/users/1', '405 unknown'],
    ['GET /api/users/1/2/3/4', '404 unknown'],
  ],
})
