import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

const APP = new URL('./apps/moleculer-web-routes.cjs', import.meta.url)

checkRoutes('moleculer-web', () => startApp(APP), {
  templates: ['/api/v1/users/:id', '/api/v1/fail', '/api/v1/no-action', '/api/v1/custom/:name', '/api/rest/:path*'],
  cases: [
    ['GET /api/v1/users/1?q=2', '200 /api/v1/users/:id'],
    ['DELETE /api/v1/users/1', '200 /api/v1/users/:id'],
    ['GET /api/v1/custom/a', '200 /api/v1/custom/:name'],
    ['GET /api/v1/fail', '500 /api/v1/fail'],
    // The alias matches, and no service has its action.
    ['GET /api/v1/no-action', '503 /api/v1/no-action'],
    // No alias matches these.
    ['PUT /api/v1/users/1', '404 unknown'],
    ['GET /nowhere', '404 unknown'],
    // An action that is called by its name has no template.
    ['GET /api/by-name/users/get', '200 unknown'],
    // A route for every path below a prefix, where it finds nothing.
    ['GET /api/rest/a/b', '404 /api/rest/:path*'],
  ],
})

checkRoutes('moleculer-web as a middleware of Express', () => startApp(APP, { args: ['express'] }), {
  cases: [
    ['GET /api/v1/users/1', '200 /api/v1/users/:id'],
    ['GET /api/v1/fail', '500 /api/v1/fail'],
    // The gateway overwrites what leads to the template of the mount.
    ['GET /acme/api/v1/users/1', '200 unknown'],
    ['GET /acme/api/v1/fail', '500 unknown'],
    ['GET /acme/nowhere', '404 unknown'],
  ],
})
