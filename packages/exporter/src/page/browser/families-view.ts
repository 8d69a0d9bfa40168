import { DEFAULT_METRICS } from '@agentgateway-otel/metrics'
import { byId, element, setText, sync } from './elements.ts'
import { emptyReason } from './empty-reasons.ts'
import type { Families, Family } from './family.ts'
import { seriesCount } from './family.ts'
import { count, number } from './format.ts'
import { type BoundState, boundStates, isNear } from './label-bounds.ts'
import { TableView } from './table-view.ts'

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

/** Shows which labels are near the number of values that is kept. */
export class BoundsView {
  readonly #table = new TableView('Labels near their limits')

  constructor() {
    byId('bounds').append(this.#table.element)
  }

  update(families: Families, processCount: number): void {
    const states = boundStates(families)
    const worth = states.filter((state) => isNear(state) || state.isMet)
    this.#table.element.hidden = worth.length === 0
    byId('bounds').classList.toggle('warning', states.some(isNear))
    const [fullest] = states
    const each = processCount > 1 ? ' Limits are for each process; these are the values of all.' : ''
    setText(
      byId('bounds-text'),
      states.some(isNear)
        ? `Values beyond a limit are counted together, as _OTHER.${each}`
        : `All labels are well within their limits.${fullest ? describeFullest(fullest) : ''}${each}`,
    )
    this.#table.update({
      columns: ['Label', 'Metrics', 'What to do', 'Values', 'Limit', 'Beyond it'],
      rows: worth.map(({ label, metrics, advice, count: values, limit, isMet }) => ({
        names: [label ?? 'all labels together', metrics.join(' '), advice],
        cells: [count(values), count(limit), isMet ? 'yes, as _OTHER' : 'not yet'],
      })),
    })
  }
}

const describeFullest = ({ label, count: values, limit }: BoundState) =>
  label === undefined
    ? ` The most series of one metric are ${count(values)}, of ${count(limit)}.`
    : ` The fullest is ${label}, with ${count(values)} of ${count(limit)} values.`

/** Shows all metrics in a table that can be searched. */
export class FamiliesView {
  readonly #table = new TableView('All metrics', 50)
  readonly #search = byId('search') as HTMLInputElement
  #families: readonly Family[] = []

  constructor() {
    byId('families').append(this.#table.element)
    this.#search.addEventListener('input', () => this.#render())
  }

  update(families: Families): void {
    this.#families = [...families.values()]
    this.#render()
  }

  #render(): void {
    const words = this.#search.value.toLowerCase().split(/\s+/)
    const found = this.#families.filter(({ name, help, kind }) => {
      const text = `${name} ${kind} ${help}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    setText(byId('found'), `${found.length} of ${this.#families.length} metrics`)
    this.#table.update({
      columns: ['Metric', 'Kind', 'What it is', 'Series', 'Value'],
      rows: found.map((family) => ({
        names: [family.name, family.kind, family.help],
        cells: [count(seriesCount(family)), totalOf(family)],
      })),
    })
  }
}

/** The sum of all series; of a histogram, how much was observed. */
function totalOf({ samples, histograms }: Family): string {
  if (histograms.length > 0) return `${count(histograms.reduce((sum, { count }) => sum + count, 0))} observed`
  return samples.length === 0 ? '–' : number(samples.reduce((sum, { value }) => sum + value, 0))
}
