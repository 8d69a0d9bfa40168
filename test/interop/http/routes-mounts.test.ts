import { checkEachWay } from './each-way.ts'

for (const router of ['@koa/router', 'koa-router']) {
  const checks = {
    needsHooks: true,
    neverResponds: ['/v1/never/1', '/v1/never/:id'],
    cases: [
      ['GET /users/1', '200 /users/:id'],
      ['GET /v1', '200 /v1'],
      ['GET /v1/users/1?q=2', '200 /v1/users/:id'],
      ['GET /v2/users/1', '200 /v2/users/:id'],
      ['GET /v2/fail', '500 /v2/fail'],
      ['GET /v1/nowhere', '404 unknown'],
      ['GET /assigning/users/1', '200 /assigning/users/:id'],
      ['GET /assigning/inner/users/1', '200 /assigning/inner/users/:id'],
      // A mounted app has a route for every path.
      ['GET /rest/any/thing?found=1', '200 /rest/{*all}'],
      ['GET /rest/any/thing', '404 unknown'],
      ['GET /passed/own/1', '200 /passed/own/:id'],
      // The Koa app is mounted in an Express app.
      ['GET /express/acme/users/1', '200 /express/:tenant/users/:id'],
      ['GET /express/acme/v1/users/1', '200 /express/:tenant/v1/users/:id'],
    ],
    // The app between does not call `setRoute`.
    unassigned: [['GET /silent/inner/users/1', '200 /silent/inner/users/:id']],
  } as const
  checkEachWay(`Koa apps mounted by koa-mount, with ${router}`, './apps/koa-mounts.js', checks, { ROUTER: router })
}

const H3_TEMPLATES = ['', '/users/:id', '/wild/**:rest', '/fail']
const below = (...mounts: string[]) => mounts.flatMap((mount) => H3_TEMPLATES.map((template) => mount + template))

checkEachWay('h3 1 below prefixes', './apps/h3-1-mounts.js', {
  needsHooks: true,
  templates: [
    ...below('/app', '/app/deeper', '/based', '/based/more', '/v1', '/v2'),
    ...['/app', '/app/deeper', '/based', '/based/more', '/v1', '/v2'].map((mount) => `${mount}/files/**`),
    ...['/app/deeper/**', '/v1/**', '/v2/**', '/**'],
  ],
  cases: [
    ['GET /app/users/1?q=2', '200 /app/users/:id'],
    ['GET /app/fail', '500 /app/fail'],
    ['GET /app/wild/a/b', '200 /app/wild/**:rest'],
    ['GET /app/files/a/b/c', '200 /app/files/**'],
    ['GET /app/deeper/users/1', '200 /app/deeper/users/:id'],
    ['GET /based/more/users/1', '200 /based/more/users/:id'],
    ['GET /v1/users/1', '200 /v1/users/:id'],
    ['GET /v2/users/1/', '200 /v2/users/:id'],
    ['GET /v2/fail', '500 /v2/fail'],
    ['GET /any/thing', '404 unknown'],
    ['GET /any/found', '200 /**'],
  ],
})

checkEachWay('h3 2 below prefixes', './apps/h3-mounts.js', {
  needsHooks: true,
  templates: [
    ...below('/mounted/:x', '/assigning', '/v1', '/v2', '/:tenant/own'),
    // h3 2 gives the root of a mounted app a slash at its end.
    ...['/mounted/:x/', '/assigning/'],
    ...['/v1/**', '/v2/**', '/:tenant/own/**', '/**'],
  ],
  cases: [
    ['GET /mounted/a/users/1', '200 /mounted/:x/users/:id'],
    ['GET /assigning/users/1', '200 /assigning/users/:id'],
    ['GET /v1/users/1', '200 /v1/users/:id'],
    ['GET /v2/users/1?q=2', '200 /v2/users/:id'],
    ['GET /v2/wild/a/b', '200 /v2/wild/**:rest'],
    ['GET /v2/fail', '500 /v2/fail'],
    ['GET /acme/own/users/1', '200 /:tenant/own/users/:id'],
    ['GET /any/thing', '404 unknown'],
    ['GET /any/thing?found=1', '200 /**'],
  ],
})

checkEachWay('mounted Hono apps', './apps/hono-mounts.js', {
  needsHooks: true,
  cases: [
    ['GET /assigned', '200 /assigned'],
    ['GET /assigned/things/1?q=2', '200 /assigned/things/:id'],
    ['GET /assigned/routed/1/end', '200 /assigned/routed/:x/end'],
    ['GET /assigned/fail', '500 /assigned/fail'],
    ['GET /assigned/nowhere', '404 unknown'],
    ['GET /t/acme/things/1', '200 /t/:tenant/things/:id'],
    ['GET /twice/things/1', '200 /twice/things/:id'],
    ['GET /twice/nested/things/1', '200 /twice/nested/things/:id'],
    ['GET /based/base/things/1', '200 /based/base/things/:id'],
    ['GET /any/thing', '404 unknown'],
    ['GET /any/thing?found=1', '200 /*'],
  ],
  // Only one of the two apps calls `setRoute`.
  unassigned: [
    ['GET /unassigned/things/1', '200 /unassigned/things/:id'],
    ['GET /outer-only/things/1', '200 /outer-only/things/:id'],
  ],
})
