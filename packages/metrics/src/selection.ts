import { METRICS, type MetricDefinition, type MetricKey } from './table.ts'

type MetricName = (typeof METRICS)[MetricKey]['name']

/** The group of the metrics of Node.js and of the process, which are OpenTelemetry's own and not in the table. */
const RUNTIME_GROUP = 'runtime'

/** A group of optional metrics. */
export type MetricGroup = Extract<(typeof METRICS)[MetricKey], { group: string }>['group'] | typeof RUNTIME_GROUP

/** The name of a metric or of a group, which adds it to the default metrics. With `-` before it, it is taken away. */
export type MetricSelector = MetricName | MetricGroup | `-${MetricName | MetricGroup}`

const ALL: readonly MetricDefinition[] = Object.values(METRICS)

/** All names that a selector may have: those of the metrics, and those of the groups. */
export const SELECTABLE_NAMES: ReadonlySet<string> = new Set([
  ...ALL.flatMap(({ name, group }) => (group === undefined ? [name] : [name, group])),
  RUNTIME_GROUP,
])

export function isMetricSelector(text: string): text is MetricSelector {
  return SELECTABLE_NAMES.has(text.replace(/^-/, ''))
}

/** Returns whether the selectors, from left to right, ask for the group `runtime`. */
export function selectsRuntime(selectors: readonly MetricSelector[] = []): boolean {
  return selectors.findLast((selector) => selector.replace(/^-/, '') === RUNTIME_GROUP) === RUNTIME_GROUP
}

/**
 * Applies the selectors, from left to right, to the default metrics. So `['mcp', '-agentgateway_request_size_bytes']`
 * has every default metric but one, and the metrics of the group `mcp`. A selector that names nothing has no effect.
 *
 * @returns the names of the metrics that are to be made
 */
export function selectMetrics(selectors: readonly MetricSelector[] = []): ReadonlySet<string> {
  const selected = new Set<string>(ALL.filter(({ group }) => group === undefined).map(({ name }) => name))
  for (const selector of selectors) {
    const isRemoval = selector.startsWith('-')
    const selectedName = isRemoval ? selector.slice(1) : selector
    for (const { name, group } of ALL) {
      if (name !== selectedName && group !== selectedName) continue
      if (isRemoval) selected.delete(name)
      else selected.add(name)
    }
  }
  return selected
}
