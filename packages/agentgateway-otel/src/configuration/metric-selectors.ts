import { isMetricSelector, type MetricSelector, SELECTABLE_NAMES } from '@agentgateway-otel/metrics'
import { MetricNames } from './metric-names.ts'
import { MAX_QUOTED_ITEMS, problemWith, quoteSome } from './quote.ts'
import { itemsOf, type Parsed } from './variable.ts'

const NAMES = new MetricNames(SELECTABLE_NAMES)

/** Parses names of metrics and groups to make, with `-` before those that are not to be made. */
export function parseMetricSelectors(text: string): Parsed<readonly MetricSelector[]> {
  const items = itemsOf(text.toLowerCase())
  const unknown = items.filter((item) => !isMetricSelector(item))
  const nearest = unknown.slice(0, MAX_QUOTED_ITEMS).map(nearestSelector)
  const reason = `not a metric or a group of metrics; did you mean ${quoteSome(nearest)}?`
  return { value: items.filter(isMetricSelector), problems: problemWith(unknown, reason) }
}

/** Returns the name of a metric or a group, with the item's `-`, that is nearest to an item that is none. */
export function nearestSelector(item: string): string {
  const minus = item.startsWith('-') ? '-' : ''
  return minus + NAMES.nearest(item.slice(minus.length))
}
