import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { type Families, seriesCount } from '../../reading/family.ts'
import { byId, element, setText, sync } from './elements.ts'
import { emptyReason } from './empty-reasons.ts'

/** Shows the metrics without series, each with the usual reason. */
export function showEmptyFamilies(families: Families): void {
  const empty = [...families.values()].filter((family) => seriesCount(family) === 0)
  const missing = DEFAULT_METRICS.filter(({ name }) => !families.has(name))
  const items = [
    ...empty.map(({ name }) => ({ name, reason: emptyReason(name) })),
    ...missing.map(({ name }) => ({ name, reason: 'It is left out by AGENTGATEWAY_METRICS.' })),
  ]
  byId('empty').hidden = items.length === 0
  sync(
    byId('empty-list'),
    items,
    () => element('div', {}, element('dt', {}, element('code')), element('dd')),
    (item, { name, reason }) => {
      setText(item.querySelector('code') as Element, name)
      setText(item.querySelector('dd') as Element, reason)
    },
  )
}
