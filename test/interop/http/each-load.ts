import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from './routes.ts'

/**
 * Defines tests of an app of a router that nothing but hooks finds the routes of: where the app imports the package, and where it
 * requires it. Where there are no hooks, all routes are unknown.
 *
 * @param imported what is checked where the app imports the package; the same by default
 */
export function checkLoaded(
  name: string,
  file: string,
  required: RouteChecks,
  env: Record<string, string> = {},
  imported = required,
): void {
  for (const LOAD of ['import', 'require']) {
    const start = () => startApp(new URL(file, import.meta.url), { env: { ...env, LOAD } })
    const checks = LOAD === 'import' ? imported : required
    const { cases } = checks
    checkRoutes(`${name}, by ${LOAD}`, start, hasHooks() ? checks : { cases: withoutRoutes(cases) })
  }
}
