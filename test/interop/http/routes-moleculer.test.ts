import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

const APP = new URL('./apps/moleculer-routes.cjs', import.meta.url)

const TEMPLATES = [
  '/',
  '/health',
  '/*rest',
  '/api/v1/people',
  '/api/v1/people/:id',
  '/api/v1/users/:id',
  '/api/v1/fail',
  '/api/v1/gone',
  '/api/v1/files/*path',
  '/api/v1/optional{/:page}',
]

checkRoutes('moleculer-web', () => startApp(APP), {
  templates: TEMPLATES,
  unanswered: ['/api/v1/never', '/api/v1/never'],
  cases: [
    ['GET /', '200 /'],
    ['GET /health/?q=1', '200 /health'],
    ['GET /api/v1/users/1?q=2', '200 /api/v1/users/:id'],
    ['POST /api/v1/users/1', '200 /api/v1/users/:id', { name: 'one' }],
    // What `REST people` stands for.
    ['GET /api/v1/people', '200 /api/v1/people'],
    ['GET /api/v1/people/7', '200 /api/v1/people/:id'],
    ['GET /api/v1/files/a/b', '200 /api/v1/files/*path'],
    ['GET /api/v1/optional', '200 /api/v1/optional{/:page}'],
    ['GET /api/v1/optional/2', '200 /api/v1/optional{/:page}'],
    ['GET /api/v1/fail', '500 /api/v1/fail'],
    ['GET /api/v1/gone', '503 /api/v1/gone'],
    // A middleware that responds runs before moleculer-web has set the alias.
    ['GET /api/v1/users/1?refused', '403 unknown'],
    // An action that is called by its name has no template.
    ['POST /direct/users/list', '200 unknown'],
    // An alias for every path, where it finds nothing and where it finds something.
    ['GET /nowhere', '404 unknown'],
    ['GET /nowhere?found=1', '200 /*rest'],
    ['DELETE /api/v1/users/1', '404 unknown'],
  ],
})

checkRoutes('moleculer-web in Express', () => startApp(APP, { args: ['express'] }), {
  templates: ['/express/:id', ...TEMPLATES.map((template) => `/gateway${template}`.replace(/\/$/, ''))],
  cases: [
    ['GET /gateway/health', '200 /gateway/health'],
    ['GET /gateway/api/v1/users/1', '200 /gateway/api/v1/users/:id'],
    ['GET /express/1', '200 /express/:id'],
    // moleculer-web overwrites what Express knows about the mount.
    ['GET /mounted/one/gateway/health', '200 unknown'],
    ['GET /nowhere', '404 unknown'],
  ],
})
