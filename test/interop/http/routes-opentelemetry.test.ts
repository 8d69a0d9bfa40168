import { fileURLToPath } from 'node:url'
import { type AppOptions, startApp } from '../../harness/app.ts'
import { checkRoutes } from './routes.ts'

const SDK = fileURLToPath(new URL('./apps/otel-sdk.cjs', import.meta.url))
const STARTS: Readonly<Record<string, AppOptions>> = {
  '--require': { nodeOptions: ['--require', SDK] },
  'the first line of the app': { env: { SDK: 'first line' } },
}

for (const [start, options] of Object.entries(STARTS)) {
  checkRoutes(
    `apps with OpenTelemetry's instrumentations, started by ${start}`,
    () => startApp(new URL('./apps/otel-routes.cjs', import.meta.url), options),
    {
      templates: [
        '/koa/users/:id',
        '/koa/fail/:id',
        '/koa/named/{id}',
        '/koa/stream/:id',
        '/express/users/:id',
        '/express/users/later/:id',
      ],
      cases: [
        ['GET /koa/users/1?q=2', '200 /koa/users/:id'],
        ['GET /koa/fail/1', '500 /koa/fail/:id'],
        ['GET /koa/stream/1', '200 /koa/stream/:id'],
        ['GET /koa/named/1', '200 /koa/named/{id}'],
        ['GET /koa/nowhere', '404 unknown'],
        ['DELETE /koa/users/1', '405 unknown'],
        ['GET /express/users/1', '200 /express/users/:id'],
        ['GET /express/users/later/1', '200 /express/users/later/:id'],
        // OpenTelemetry's instrumentation has the path of a middleware as the route.
        ['GET /express/static/otel-sdk.cjs', '200 unknown'],
        ['GET /express/nowhere', '404 unknown'],
      ],
    },
  )
}
