import { startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

const file = new URL('./apps/fastify-routes.js', import.meta.url)

for (const [name, module] of Object.entries({ 'Fastify 5': 'fastify', 'Fastify 4': 'fastify4' })) {
  checkRoutes(name, () => startApp(file, { env: { FASTIFY: module } }), {
    neverResponds: ['/never/1', '/never/:id'],
    templates: [
      '/',
      '/items',
      '/items/:id',
      '/private/:secret',
      '/fail',
      '/named/{name}',
      '/v1/teams/:team/members/:member',
      '/v1/teams/:team/*',
      '/any/:thing',
      '/files/:name.:type',
      '/numbers/:n(^\\d+$)',
      '/optional/:x?',
      '/left/same/:id',
      '/left/gone/:id',
      '/right/:side/same/:id',
      '/right/:side/gone/:id',
      '/*',
    ],
    cases: [
      ['GET /', '200 /'],
      ['GET /items/1', '200 /items/:id'],
      ['HEAD /items/2', '200 /items/:id'],
      ['POST /items', '200 /items', { name: 'x' }],
      // Validation, the limit of the body, a hook of the scope and an error handler respond instead of the route.
      ['POST /items', '400 /items', {}],
      ['POST /items', '413 /items', { name: 'x'.repeat(2000) }],
      ['GET /private/plans', '401 /private/:secret'],
      ['GET /fail', '500 /fail'],
      // `setRoute` takes precedence over the framework's route.
      ['GET /named/x', '200 /named/{name}'],
      ['GET /v1/teams/a/members/b?c=d', '200 /v1/teams/:team/members/:member'],
      ['GET /v1/teams/a/b/c/d', '200 /v1/teams/:team/*'],
      ['OPTIONS /any/1', '200 /any/:thing'],
      ['GET /files/a.png', '200 /files/:name.:type'],
      ['GET /numbers/12', '200 /numbers/:n(^\\d+$)'],
      ['GET /numbers/x', '404 unknown'],
      ['GET /optional', '200 /optional/:x?'],
      ['GET /optional/1', '200 /optional/:x?'],
      // One plugin is registered with two prefixes. The handler of `gone` responds with 404.
      ['GET /left/same/1', '200 /left/same/:id'],
      ['GET /right/a/same/1', '200 /right/:side/same/:id'],
      ['GET /right/a/gone/1', '404 /right/:side/gone/:id'],
      // One URL is rewritten before routing; one request is routed again.
      ['GET /old/1', '200 /items/:id'],
      ['GET /again/1', '200 /items/:id'],
      // A route for every path finds nothing, and then something.
      ['GET /nowhere', '404 unknown'],
      ['GET /nowhere?found=1', '200 /*'],
      ['PUT /items', '404 unknown'],
      // The scope has a 404 handler of its own.
      ['GET /v1/nowhere', '404 unknown'],
      ['GET /%', '400 unknown'],
    ],
  })
}
