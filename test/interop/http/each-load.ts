import { startApp } from '../../harness/app.ts'
import { hasHooks } from './each-way.ts'
import { checkRoutes, type RouteChecks, withoutRoutes } from './routes.ts'

/**
 * Defines tests of an app of a router that nothing but hooks finds the routes of: where the app imports the package, and where it
 * requires it. Where there are no hooks, all routes are unknown.
 */
export function checkLoaded(name: string, file: string, checks: RouteChecks, env: Record<string, string> = {}): void {
  for (const LOAD of ['import', 'require']) {
    const start = () => startApp(new URL(file, import.meta.url), { env: { ...env, LOAD } })
    checkRoutes(`${name}, by ${LOAD}`, start, hasHooks() ? checks : { cases: withoutRoutes(checks.cases) })
  }
}
