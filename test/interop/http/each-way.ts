import { spawnSync } from 'node:child_process'
import { NODE, startApp } from '../../harness/app.ts'
import { checkRoutes, type RouteCase, type RouteChecks, withoutRoutes } from './routes.ts'

interface EachWayChecks extends RouteChecks {
  /** Whether the framework's modules are changed as they are loaded, which older versions of Node.js do not allow. */
  readonly needsHooks?: boolean
  /** Requests whose routes are known by the flag alone, but not by `setRoute` alone, because a part of the app does not call it. */
  readonly unassigned?: readonly RouteCase[]
}

/**
 * Defines tests that start an app with the preload alone, and again as an app that passes its contexts to `setRoute`, while
 * nothing of its framework is looked at. The routes have to be the same.
 *
 * @param file an app that calls `setRoute` if AGENTGATEWAY_ROUTES is `explicit`
 */
export function checkEachWay(
  name: string,
  file: string,
  { needsHooks = false, unassigned = [], ...checks }: EachWayChecks,
  env: Record<string, string> = {},
): void {
  const start = (more: Record<string, string>) => () =>
    startApp(new URL(file, import.meta.url), { env: { ...env, ...more } })
  if (!needsHooks || hasHooks()) {
    checkRoutes(`${name}, by the flag alone`, start({}), {
      ...checks,
      cases: [...checks.cases, ...unassigned],
    })
  }
  checkRoutes(`${name} that calls setRoute`, start({ AGENTGATEWAY_ROUTES: 'explicit' }), {
    ...checks,
    cases: [...checks.cases, ...withoutRoutes(unassigned)],
  })
}

/**
 * Returns the checks of an app whose routes are one for every path to Express, and known with hooks alone.
 *
 * @param everyPath Express's template of that route
 */
export function withHooksOrExpress(checks: RouteChecks, everyPath: string): RouteChecks {
  if (hasHooks()) return checks
  const cases = checks.cases.map(
    ([request, expected]): RouteCase => [
      request,
      expected.replace(/(?<!404) \/.*/, ` ${everyPath}`).replace(/404 .*/, '404 unknown'),
    ],
  )
  return { cases }
}

/** Whether the apps' Node.js takes a CommonJS module without its source from a hook: since 22.23 and 24.12. */
export function hasHooks(): boolean {
  const { stdout } = spawnSync(NODE, ['--version'], { encoding: 'utf8' })
  const [major = 0, minor = 0] = stdout.slice(1).split('.').map(Number)
  return major > 24 || (major === 24 && minor >= 12) || (major === 22 && minor >= 23)
}
