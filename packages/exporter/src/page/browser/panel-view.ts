import type { Families } from '../../reading/family.ts'
import { seriesCount } from '../../reading/family.ts'
import { ChartView } from './chart-view.ts'
import { element, setAttributes, setText, sync } from './elements.ts'
import type { History } from './history.ts'
import type { Panel } from './panel.ts'
import { TableView } from './table-view.ts'

/** The card of one panel. */
export class PanelView {
  readonly element: HTMLElement
  readonly #panel: Panel
  readonly #figures = element('dl', { class: 'figures' })
  readonly #chart = new ChartView()
  readonly #table: TableView

  constructor(panel: Panel) {
    this.#panel = panel
    this.#table = new TableView(panel.title)
    const title = `${panel.id}-title`
    this.element = element(
      'section',
      { class: panel.isWide ? 'card double' : 'card', id: panel.id, 'aria-labelledby': title },
      element('h3', { id: title }, panel.title),
      this.#figures,
      this.#chart.element,
      this.#table.element,
    )
    this.element.hidden = true
  }

  /** Shows the panel as it is now. Returns whether there is anything to show. */
  update(history: History, families: Families): boolean {
    const hasSeries = this.#panel.metrics.some((name) => {
      const family = families.get(name)
      return family !== undefined && seriesCount(family) > 0
    })
    const view = hasSeries ? this.#panel.view(history, families) : undefined
    this.element.hidden = view === undefined || view.table.rows.length === 0
    if (view === undefined) return false
    this.#figures.hidden = view.figures.length === 0
    sync(this.#figures, view.figures, createFigure, (figure, { value, label, tone }) => {
      const term = figure.children[0] as Element
      setAttributes(term, { class: tone === undefined ? '' : `tone ${tone}` })
      setText(term, label)
      setText(figure.children[1] as Element, value)
    })
    this.#chart.element.hidden = view.chart === undefined
    if (view.chart !== undefined) this.#chart.update(view.chart, history.times)
    this.#table.update(view.table)
    return !this.element.hidden
  }
}

const createFigure = () => element('div', {}, element('dt'), element('dd'))
