import { startApp } from '../../harness/app.ts'
import { checkRoutes } from '../http/routes.ts'

for (const [adapter, wild] of [
  ['express', '/api/wild/*rest'],
  ['fastify', '/api/wild/*'],
] as const) {
  const start = () => startApp(new URL('./apps/nest.js', import.meta.url), { env: { ADAPTER: adapter } })
  checkRoutes(`Nest on ${adapter}`, start, {
    templates: [
      '/api/v1/users',
      '/api/v1/users/:id',
      '/api/v2/users/:id',
      '/api/v1/users/:id/posts/:post',
      '/api/v1/users/:id/fail',
      '/api/teams/:team/members/:member',
      '/api/teams/:team/members/any/:thing',
      '/api/admin/:area/reports/:id',
      wild,
      '/health',
    ],
    cases: [
      ['GET /api/v1/users', '200 /api/v1/users'],
      ['POST /api/v1/users', '200 /api/v1/users', { a: 1 }],
      ['GET /api/v1/users/1?q=2', '200 /api/v1/users/:id'],
      ['GET /api/v2/users/1', '200 /api/v2/users/:id'],
      ['DELETE /api/v1/users/1', '200 /api/v1/users/:id'],
      // A guard responds instead of the route.
      ['GET /api/v1/users/1?refused=1', '403 /api/v1/users/:id'],
      ['GET /api/v1/users/1/posts/2', '200 /api/v1/users/:id/posts/:post'],
      ['GET /api/v1/users/1/fail', '500 /api/v1/users/:id/fail'],
      ['GET /api/teams/a/members/b', '200 /api/teams/:team/members/:member'],
      ['PUT /api/teams/a/members/any/b', '200 /api/teams/:team/members/any/:thing'],
      ['GET /api/admin/east/reports/1', '200 /api/admin/:area/reports/:id'],
      ['GET /api/wild/a/b', `200 ${wild}`],
      ['GET /health', '200 /health'],
      ['GET /api/health', '404 unknown'],
      ['GET /nowhere', '404 unknown'],
      ['GET /api/v3/users/1', '404 unknown'],
      ['PUT /api/v1/users/1', '404 unknown'],
    ],
  })
}
