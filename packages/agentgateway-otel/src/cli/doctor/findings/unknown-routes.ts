import { UNKNOWN } from '@agentgateway-otel/metrics'
import type { Facts } from '../facts.ts'
import { type Finding, hint, problem, type Result, well } from '../finding.ts'
import { FRAMEWORKS, type Framework, linksContexts } from '../frameworks.ts'
import { counted } from '../listing.ts'
import { installedVersion } from '../project.ts'
import { appRuntimes } from '../runtimes.ts'
import { samplesOf, total } from '../series.ts'

/** A framework that the app has. */
interface Installed extends Framework {
  readonly version: string | undefined
}

export const unknownRoutes: Finding = {
  code: 'unknown-routes',
  summary: 'Requests have `route="unknown"`: the framework, or the version of Node.js, does not show their routes',
  section: 'packages/instrumentation-http/README.md#routes',
  check(facts) {
    const frameworks = frameworksOf(facts)
    const requests = samplesOf(facts.endpoint.families, 'requests').filter(isExpectedToHaveRoute)
    const unknown = requests.filter(({ labels }) => labels.get('route') === UNKNOWN)
    if (unknown.length > 0) {
      const text = `${total(unknown)} of ${counted(total(requests), 'request')} that did not end with 404 ${total(unknown) === 1 ? 'has' : 'have'} route="${UNKNOWN}".`
      return [resultOf(text, frameworks, facts)]
    }
    const unseen = frameworks.filter(({ line }) => line !== undefined && !isShown(facts))
    if (unseen.length > 0) return unseen.map((framework) => hint(describeUnseen(framework, facts), remedyOf(framework)))
    if (frameworks.length === 0) return []
    return [well(`The routes of ${frameworks.map(nameOf).join(', ')} are known by the flag alone.`)]
  },
}

/** What nothing matched has no route, and neither have upgrades and MCP requests that a framework does not see. */
const isExpectedToHaveRoute = ({ labels }: { readonly labels: ReadonlyMap<string, string> }) =>
  !/^(?:404|405|499|101|_OTHER)$/.test(labels.get('status') ?? '') &&
  !/^(?:_OTHER|OPTIONS|CONNECT)$/.test(labels.get('method') ?? '')

function frameworksOf({ project }: Facts): readonly Installed[] {
  if (project === undefined) return []
  return FRAMEWORKS.filter(({ packages }) => packages.some((name) => project.dependencies.has(name))).map(
    (framework) => ({
      ...framework,
      version: framework.packages.map((name) => installedVersion(name, project.directory)).find(Boolean),
    }),
  )
}

function resultOf(text: string, frameworks: readonly Installed[], facts: Facts): Result {
  const { routes } = facts.settings[0].configuration
  if (routes === 'explicit') {
    return hint(
      `${text} AGENTGATEWAY_ROUTES=explicit leaves the routes to the app.`,
      'Call setRoute(request, "/users/:id"), or unset it.',
    )
  }
  const unseen = frameworks.find(({ line }) => line !== undefined)
  if (unseen !== undefined && !isShown(facts))
    return problem(`${text} ${describeUnseen(unseen, facts)}`, remedyOf(unseen))
  if (unseen !== undefined) {
    return hint(
      `${text} ${nameOf(unseen)} does not show its routes in a bundle, and has none for files and other middleware.`,
      `In a bundle, one line in the app shows them: ${unseen.line}`,
    )
  }
  if (frameworks.length > 0) {
    return hint(
      `${text} ${frameworks.map(nameOf).join(', ')} has no route for files and other middleware, nor for requests that nothing matched.`,
      'If these are others, name their route: setRoute(request, "/users/:id").',
    )
  }
  return hint(
    `${text} No framework whose routes are known is among the dependencies of package.json.`,
    'Name the route where the app knows it: setRoute(request, "/users/:id"), which agentgateway-otel exports.',
  )
}

const isShown = (facts: Facts) => versionsOf(facts).every(linksContexts)
const versionsOf = (facts: Facts) => appRuntimes(facts).flatMap(({ version }) => version ?? [])
const nameOf = ({ name, version }: Installed) => (version === undefined ? name : `${name} ${version}`)

const describeUnseen = (framework: Installed, facts: Facts) =>
  `${nameOf(framework)} does not show its routes on Node.js ${versionsOf(facts).find((version) => !linksContexts(version))}.`

const remedyOf = ({ line }: Framework) =>
  `Use Node.js 22.23, 24.12 or newer, or write this line as the first one of the app's routes: ${line}`
