import { quote } from '../../../configuration/quote.ts'
import { configuredName, UNNAMED } from '../../../resource.ts'
import type { Facts } from '../facts.ts'
import { type Finding, hint, type Result, well } from '../finding.ts'
import { listing } from '../listing.ts'

const ADVICE = 'Set OTEL_SERVICE_NAME, to one name for all processes of the app.'

export const unnamedService: Finding = {
  code: 'unnamed-service',
  summary: 'The service has no name of its own, so that its series cannot be told from those of other apps',
  section: 'docs/configuration.md#the-services-name',
  check(facts) {
    const gateway = facts.endpoint.status?.gateway
    const configured = configuredName(facts.settings[0].configuration)
    const name = gateway ?? configured ?? facts.project?.name
    if (name === UNNAMED) return [hint(`The service has no name: its series have gateway="${UNNAMED}".`, ADVICE)]
    return name === undefined ? resultOfNoName(facts) : [sharedName(facts) ?? well(`The service is ${quote(name)}.`)]
  },
}

/** Without an app and a package.json, nothing is known of a service. */
const resultOfNoName = ({ project, command }: Facts): readonly Result[] =>
  project === undefined && command === undefined
    ? []
    : [hint(`The service has no name: its series will have gateway="${UNNAMED}".`, ADVICE)]

/** A package may have several apps, such as a server and a worker, which all have its name. */
function sharedName({ preloaded, project }: Facts): Result | undefined {
  if (project?.name === undefined) return undefined
  const pids = new Set(preloaded.map(({ pid }) => pid))
  // What an app starts is the same app.
  const unnamed = preloaded.filter(
    ({ setting, ancestors }) =>
      configuredName(setting.configuration) === undefined && !ancestors.some((ancestor) => pids.has(ancestor)),
  )
  const scripts = [...new Set(unnamed.map(({ launch: { script = '' } }) => script))]
  if (scripts.length < 2) return undefined
  return hint(
    `Several apps of one package run, ${listing(scripts)}, and have its name ${quote(project.name)}: their series cannot be told apart.`,
    'Set another OTEL_SERVICE_NAME for each of them, and another OTEL_EXPORTER_PROMETHEUS_PORT.',
  )
}
