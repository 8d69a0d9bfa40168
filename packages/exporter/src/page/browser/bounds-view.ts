import type { Families } from '../../reading/family.ts'
import { count } from '../../reading/format.ts'
import { byId, setText } from './elements.ts'
import { type BoundState, boundStates, isNear } from './label-bounds.ts'
import { TableView } from './table-view.ts'

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
