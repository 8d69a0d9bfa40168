import { isMetricSelector, type MetricSelector, SELECTABLE_NAMES } from '@agentgateway-otel/metrics'
import { MetricNames } from './metric-names.ts'
import { didYouMean, MAX_QUOTED_ITEMS, problemWith } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

const NAMES = new MetricNames(SELECTABLE_NAMES)

/** Parses names of metrics and groups to make, with `-` before those that are not to be made. */
export function parseMetricSelectors(text: string): Parsed<readonly MetricSelector[]> {
  const items = itemsOf(text.toLowerCase())
  const unknown = items.filter((item) => !isMetricSelector(item))
  const nearest = unknown.slice(0, MAX_QUOTED_ITEMS).map(nearestSelector)
  const reason = `not a metric or a group of metrics${didYouMean(nearest)}`
  return { value: items.filter(isMetricSelector), problems: problemWith(unknown, reason) }
}

/** Returns the name of a metric or a group, with the item's `-`, that is nearest to an item that is none. */
export function nearestSelector(item: string): string | undefined {
  const minus = item.startsWith('-') ? '-' : ''
  const nearest = NAMES.nearest(item.slice(minus.length))
  return nearest && minus + nearest
}
