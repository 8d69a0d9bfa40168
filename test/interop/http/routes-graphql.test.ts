import { startApp } from '../../harness/app.ts'
import { checkLoaded } from './each-load.ts'
import { checkRoutes, type RouteCase } from './routes.ts'

const HELLO = { query: '{ hello }' }
const MUTATION = { query: 'mutation { rename }' }
const FAIL = { query: '{ fail }' }
const INVALID = { query: '{ nothing }' }

const check = (SERVER: string, cases: readonly RouteCase[], templates: readonly string[]) =>
  checkLoaded(`GraphQL by ${SERVER}`, './apps/graphql-routes.js', { cases, templates }, { SERVER })

check(
  'yoga',
  [
    ['POST /graphql', '200 /graphql', HELLO],
    ['POST /graphql', '200 /graphql', MUTATION],
    ['POST /graphql', '200 /graphql', FAIL],
    ['POST /graphql?q=2', '200 /graphql', INVALID],
    ['GET /graphql?query=%7Bhello%7D', '200 /graphql'],
    ['POST /nowhere', '404 unknown', HELLO],
    // Yoga also serves paths that end with its endpoint.
    ['POST /any/graphql', '200 unknown', HELLO],
  ],
  ['/graphql'],
)
check(
  'yoga with a pattern',
  [
    ['POST /acme/graphql', '200 /:tenant/graphql', HELLO],
    ['POST /graphql', '404 unknown', HELLO],
  ],
  ['/:tenant/graphql'],
)
check(
  'yoga and Apollo in Express',
  [
    ['POST /graphql', '200 /graphql', HELLO],
    ['POST /apollo', '200 /apollo', HELLO],
    ['POST /apollo', '200 /apollo', MUTATION],
    ['POST /apollo', '400 /apollo', INVALID],
    ['GET /apollo?query=%7Bhello%7D', '200 /apollo'],
    ['POST /nowhere', '404 unknown', HELLO],
  ],
  ['/graphql', '/apollo', '/routed'],
)
// Express has the route where the middleware is the handler of one.
checkRoutes(
  'Apollo in a route of Express',
  () => startApp(new URL('./apps/graphql-routes.js', import.meta.url), { env: { SERVER: 'express' } }),
  { cases: [['POST /routed', '200 /routed', HELLO]] },
)
// The server that Apollo starts by itself responds on every path, so only the app can say what its route is.
checkRoutes(
  'Apollo by itself',
  () => startApp(new URL('./apps/graphql-routes.js', import.meta.url), { env: { SERVER: 'apollo' } }),
  {
    cases: [
      ['POST /', '200 unknown', HELLO],
      ['POST /any/path', '200 unknown', HELLO],
      ['POST /set', '200 /graphql', HELLO],
    ],
  },
)
