import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

checkRoutes('restify', () => startApp(new URL('./apps/restify-routes.cjs', import.meta.url)), {
  templates: ['/', '/users/:id', '/wild/*', '/fail', '/*'],
  cases: [
    ['GET /', '200 /'],
    ['GET /users/1?q=2', '200 /users/:id'],
    ['DELETE /users/1', '200 /users/:id'],
    ['GET /wild/a/b', '200 /wild/*'],
    ['GET /fail', '500 /fail'],
    // A route for every path finds nothing, and then something.
    ['GET /nowhere', '404 unknown'],
    ['GET /nowhere?found=1', '200 /*'],
    ['PUT /users/1', '405 unknown'],
  ],
})
