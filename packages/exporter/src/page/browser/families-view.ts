import { type Families, type Family, seriesCount } from '../../reading/family.ts'
import { count, number } from '../../reading/format.ts'
import { byId, setText } from './elements.ts'
import { TableView } from './table-view.ts'

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
