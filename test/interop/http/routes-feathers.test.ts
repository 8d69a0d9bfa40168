import { startApp } from '../../harness/app.ts'
import { checkEachWay } from './each-way.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const TEMPLATES = [
  '/messages',
  '/messages/:id',
  '/users/:user/posts',
  '/users/:user/posts/:id',
  '/v1/things',
  '/v1/things/:id',
]

const CASES: readonly RouteCase[] = [
  ['GET /messages', '200 /messages'],
  ['GET /messages/1?q=2', '200 /messages/:id'],
  ['POST /messages', '201 /messages', { a: 1 }],
  ['GET /users/1/posts', '200 /users/:user/posts'],
  ['GET /users/1/posts/2', '200 /users/:user/posts/:id'],
  ['GET /v1/things/1', '200 /v1/things/:id'],
  ['GET /messages/fail', '500 /messages/:id'],
  // A method that the service does not have.
  ['PUT /messages/1', '405 /messages/:id', {}],
  ['GET /nowhere', '404 unknown'],
  ['GET /messages/1/2', '404 unknown'],
]

checkEachWay(
  'Feathers on Koa',
  './apps/feathers-routes.js',
  { needsHooks: true, cases: CASES, templates: TEMPLATES, neverResponds: ['/messages/never', '/messages/:id'] },
  { TRANSPORT: 'koa' },
)

checkRoutes(
  'Feathers on Express',
  () => startApp(new URL('./apps/feathers-routes.js', import.meta.url), { env: { TRANSPORT: 'express' } }),
  {
    cases: [...CASES, ['GET /plain/1', '200 /plain/:x']],
    templates: [...TEMPLATES, '/plain/:x'],
    neverResponds: ['/messages/never', '/messages/:id'],
  },
)

checkRoutes(
  'Feathers in an app of Express',
  () => startApp(new URL('./apps/feathers-routes.js', import.meta.url), { env: { TRANSPORT: 'mounted' } }),
  {
    cases: [
      ['GET /api/1/messages/1', '200 /api/:version/messages/:id'],
      // Feathers's apps in each other do not show through which mounts.
      ['GET /api/1/v1/things', '200 unknown'],
      ['GET /api/1/nowhere', '404 unknown'],
    ],
  },
)
