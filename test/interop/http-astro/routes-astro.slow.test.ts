import { fileURLToPath } from 'node:url'
import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from '../http/routes.ts'
import { buildServer } from './build.ts'

const known = (checks: RouteChecks) => (hasHooks() ? checks : { cases: withoutRoutes(checks.cases) })

checkRoutes(
  'Astro',
  async () => startBuiltApp(await buildServer()),
  known({
    neverResponds: ['/never/1', '/never/[id]'],
    templates: ['/', '/users/[id]', '/docs/[...slug]', '/found/[id]', '/api/[item]', '/fail'],
    cases: [
      ['GET /', '200 /'],
      ['GET /users/1?q=2', '200 /users/[id]'],
      ['GET /docs/a/b', '200 /docs/[...slug]'],
      ['GET /found/no', '404 /found/[id]'],
      ['GET /api/1', '200 /api/[item]'],
      ['POST /api/1', '200 /api/[item]', {}],
      ['GET /fail', '500 /fail'],
      // A page that was prerendered is a file.
      ['GET /about', '200 unknown'],
      ['GET /nowhere', '404 unknown'],
      ['GET /users/1/2', '404 unknown'],
    ],
  }),
)

checkRoutes(
  'Astro below a base',
  async () => startBuiltApp(await buildServer('/base')),
  known({
    cases: [
      ['GET /base/users/1', '200 /base/users/[id]'],
      ['GET /base', '200 /base'],
      // Astro responds to paths without the base, too.
      ['GET /users/1', '200 /users/[id]'],
      ['GET /nowhere', '404 unknown'],
    ],
  }),
)

// With hooks and without: an app in Astro's own server has nothing that leads to Node's request.
checkRoutes(
  "Astro in an app's own server that calls setRoute",
  async () => {
    const script = fileURLToPath(new URL('serve.js', import.meta.url))
    return startBuiltApp(script, { ASTRO_NODE_AUTOSTART: 'disabled' }, [await buildServer()])
  },
  {
    cases: [
      ['GET /users/1', '200 /named-by-the-app'],
      ['GET /nowhere', '404 unknown'],
    ],
  },
)
