import type { Environment } from './configuration.ts'
import { nearestName } from './nearest-name.ts'
import { VARIABLES } from './variables.ts'

const KNOWN: ReadonlySet<string> = new Set(Object.values(VARIABLES).flatMap(({ names }) => names))

/** The names that are looked at. A longer one is no misspelling, and comparing it would take its time. */
const LIKELY_NAME = /^(?:AGENTGATEWAY|OTEL)_\w{1,80}$/i

/** How many names are compared, and so how many problems there can be. An environment may have thousands. */
const MAX_COMPARED_NAMES = 200

/**
 * Returns a problem for each variable whose name is nearly that of one that the package reads. Names that are further
 * off belong to somebody else: to other signals, to the agentgateway proxy, to an app that calls one
 * (`AGENTGATEWAY_URL`), or to Kubernetes, which makes some for a service of that name. Values are never shown.
 */
export function misspeltNames(environment: Environment): string[] {
  const unknown = Object.keys(environment).filter((name) => LIKELY_NAME.test(name) && !KNOWN.has(name))
  return unknown.slice(0, MAX_COMPARED_NAMES).flatMap((name) => {
    const upper = name.toUpperCase()
    const nearest = nearestName(upper, KNOWN, maxChanges(upper))
    // On Windows a name in another case is the same variable.
    if (nearest === undefined || (nearest === upper && environment[nearest] !== undefined)) return []
    return [`${name} is not a variable that has an effect; did you mean ${nearest}?`]
  })
}

/** Returns how many characters of a name may be wrong: a fifth of what distinguishes it from others. */
const maxChanges = (name: string) =>
  Math.floor(name.replace(/^(?:AGENTGATEWAY|OTEL(?:_EXPORTER_OTLP)?)_/, '').length / 5)
