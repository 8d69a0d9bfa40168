import { startBuiltApp } from '../../harness/built-app.ts'
import { hasHooks } from '../http/each-way.ts'
import { checkRoutes, type RouteCase, withoutRoutes } from '../http/routes.ts'
import { buildServer } from './build.ts'
import { checkNitro } from './nitro-routes.ts'

checkNitro('Nitro 2', buildServer, 'unknown')

const BELOW_PREFIX: readonly RouteCase[] = [
  ['GET /base/api/users/1', '200 /base/api/users/:id'],
  ['GET /base/files/a/b', '200 /base/files/**:path'],
  ['GET /api/users/1', '404 unknown'],
]

// Nitro 3 takes its prefix only as it builds.
checkRoutes(
  'Nitro 2 below a prefix',
  async () => startBuiltApp(await buildServer(), { NITRO_APP_BASE_URL: '/base/' }),
  { cases: hasHooks() ? BELOW_PREFIX : withoutRoutes(BELOW_PREFIX) },
)
