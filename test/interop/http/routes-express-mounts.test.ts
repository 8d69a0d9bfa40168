import { startApp } from '../../harness/app.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const file = new URL('./apps/express-mounts.js', import.meta.url)

const cases = (catchAll: string): readonly RouteCase[] => [
  // One router is mounted twice; either mount may get the first request.
  ['GET /v1/things/1', '200 /v1/things/:id'],
  ['GET /latest/things/1', '200 /latest/things/:id'],
  ['GET /v1/things/2', '200 /v1/things/:id'],
  ['GET /v1/broken/2', '500 /v1/broken/:id'],
  ['GET /latest/broken/2', '500 /latest/broken/:id'],
  ['GET /v2/things/1', '404 unknown'],
  ['POST /plug', '200 /plug'],
  ['GET /v2/things/1', '200 /v2/things/:id'],
  ['GET /v1/things/3', '200 /v1/things/:id'],
  // Only a function of the app holds these routers.
  ['GET /api/acme/cats/1', '200 /api/:tenant/cats/:id'],
  ['GET /api/acme/cats/1?v=2', '200 /api/:tenant/cats/:id'],
  ['GET /api/acme/dogs?v=2', '200 /api/:tenant/dogs'],
  ['GET /api/acme/bad/1', '500 /api/:tenant/bad/:id'],
  ['GET /fresh/made/1', '200 /fresh/made/:id'],
  ['GET /fresh/made/2', '200 /fresh/made/:id'],
  ['GET /deep/inner/1/cats/1', '200 /deep/inner/:x/cats/:id'],
  ['GET /users/1/posts/2', '200 /users/:user/posts/:post'],
  ['GET /members/1/posts/2', '200 /members/:user/posts/:post'],
  // Two mounts match the same path: the parameters tell which one it was, or else it was the first one.
  ['GET /merging/me/end', '200 /merging/me/end'],
  ['GET /merging/you/end', '200 /merging/:who/end'],
  ['GET /apart/me/end', '200 /apart/me/end'],
  ['GET /apart/you/end', '200 /apart/:who/end'],
  ['GET /alike/you/end', '200 /alike/:who/end'],
  // A router is the handler of a route.
  ['GET /as-route/1', '200 /as-route/:x'],
  ['GET /as-route/more/cats/1', '200 /as-route/more/cats/:id'],
  ['GET /as-function/1', '200 /as-function/:x'],
  // Apps are in a router, in a function, in an app and in a route.
  ['GET /holder/app/page/1', '200 /holder/app/page/:id'],
  ['GET /holder/app/bad/1', '500 /holder/app/bad/:id'],
  ['GET /holder/app/things/1', '200 /holder/app/things/:id'],
  ['GET /holder/app/things/1/bad', '500 /holder/app/things/:id/bad'],
  ['GET /hidden-app/page/1', '200 /hidden-app/page/:id'],
  ['GET /hidden-app/bad/1', '500 /hidden-app/bad/:id'],
  ['GET /hidden-app/things/1', '200 /hidden-app/things/:id'],
  ['GET /fresh-app/page/1', '200 /fresh-app/page/:id'],
  ['GET /fresh-app/things/1', '200 /fresh-app/things/:id'],
  ['GET /outer/page/1', '200 /outer/page/:id'],
  ['GET /outer/bad/1', '500 /outer/bad/:id'],
  ['GET /outer/things/1', '200 /outer/things/:id'],
  ['GET /outer/things/1/bad', '500 /outer/things/:id/bad'],
  ['GET /outer/inner/1/page/1', '200 /outer/inner/:x/page/:id'],
  ['GET /outer/inner/1/things/1', '200 /outer/inner/:x/things/:id'],
  ['GET /outer/inner/1/bad/1', '500 /outer/inner/:x/bad/:id'],
  ['GET /routed-app/1', '200 /routed-app/:id'],
  // The URL is rewritten before a router, inside it, and by the route.
  ['GET /rewriting/target/1', '200 /rewriting/target/:id'],
  ['GET /rewriting/twice/1', '200 /rewriting/target/:id'],
  ['GET /once/1', '200 /rewriting/target/:id'],
  ['GET /rewriting/third/1', '200 /rewriting/third/:id'],
  ['GET /after/1', '200 /after/:id'],
  ['GET /before/1', '200 /after/:id'],
  // A route passes the request on, and something else responds.
  ['GET /passing/files/1', '200 unknown'],
  ['GET /circle/end/1', '200 /circle/end/:id'],
  ['GET /circle/again/end/1', '200 unknown'],
  // A route for every path finds nothing, and then something.
  ['GET /any/thing', '404 unknown'],
  ['GET /any/thing?found=1', `200 ${catchAll}`],
  ['GET /latest/things/2', '200 /latest/things/:id'],
  ['POST /unplug', '200 /unplug'],
  // The mount at `/v1` has been replaced by one with a parameter, which matches `/latest` as well.
  ['GET /v1/things/4', '200 /:version/things/:id'],
  ['GET /latest/things/3', '200 unknown'],
]

const APPS = {
  'Express 5': { env: { EXPRESS: 'express' }, catchAll: '/{*all}' },
  'Express 5 with routers of router 2.2': { env: { EXPRESS: 'express', ROUTER: 'router-2.2' }, catchAll: '/{*all}' },
  'Express 4': { env: { EXPRESS: 'express4' }, catchAll: '*' },
}

for (const [name, { env, catchAll }] of Object.entries(APPS)) {
  checkRoutes(`${name} with routers in several places and behind functions`, () => startApp(file, { env }), {
    cases: cases(catchAll),
  })
}
