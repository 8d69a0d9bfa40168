import { count } from '../../reading/format.ts'
import { element, setAttributes, setForeignText, setText, sync } from './elements.ts'
import type { Row, Table } from './panel.ts'

/** How many rows are shown before the reader wants more, and after. */
const FEW_ROWS = 8
const MANY_ROWS = 200

/** A table of which the first rows are shown, and more if the reader wants them. */
export class TableView {
  readonly element = element('div', { class: 'table' })
  // On a phone the style lays out the table's elements as blocks, which would take their roles away if they were not given.
  readonly #head = element('tr', { role: 'row' })
  readonly #body = element('tbody', { role: 'rowgroup' })
  readonly #more = element('button', { type: 'button', class: 'more', 'aria-expanded': 'false' })
  readonly #rest = element('p', { class: 'rest' })
  #table: Table = { columns: [], rows: [] }
  #isExpanded = false

  readonly #fewRows: number

  /**
   * @param caption what the table shows, for readers who do not see what stands above it
   * @param fewRows how many rows are shown at first
   */
  constructor(caption: string, fewRows = FEW_ROWS) {
    this.#fewRows = fewRows
    const head = element('thead', { role: 'rowgroup' }, this.#head)
    const table = element('table', { role: 'table' }, element('caption', {}, caption), head, this.#body)
    this.element.append(scroller(table, caption), this.#more, this.#rest)
    this.#more.addEventListener('click', () => {
      this.#isExpanded = !this.#isExpanded
      this.#render()
    })
  }

  update(table: Table): void {
    this.#table = table
    this.#render()
  }

  #render(): void {
    const { columns, rows } = this.#table
    const shown = rows.slice(0, this.#isExpanded ? MANY_ROWS : this.#fewRows)
    const nameCount = shown[0]?.names.length ?? 1
    sync(
      this.#head,
      columns,
      () => element('th', { scope: 'col', role: 'columnheader' }),
      (cell, column) => setText(cell, column),
    )
    for (const [i, cell] of [...this.#head.children].entries()) cell.classList.toggle('number', i >= nameCount)
    sync(
      this.#body,
      shown,
      () => element('tr', { role: 'row' }),
      (line, row) => updateRow(line, row, columns),
    )
    const hidden = rows.length - this.#fewRows
    this.#more.hidden = hidden <= 0
    this.#more.setAttribute('aria-expanded', String(this.#isExpanded))
    setText(this.#more, this.#isExpanded ? 'Show fewer' : `and ${count(hidden)} more`)
    const rest = rows.length - shown.length
    this.#rest.hidden = !this.#isExpanded || rest <= 0
    setText(this.#rest, `and ${count(rest)} more, in /metrics`)
  }
}

function updateRow(line: HTMLTableRowElement, { tone, names, cells }: Row, columns: readonly string[]): void {
  const texts = [...names, ...cells]
  while (line.children.length > texts.length) line.lastElementChild?.remove()
  for (const [i, text] of texts.entries()) {
    const cell = line.children[i] ?? line.appendChild(createCell(i))
    // The style shows it where there is no room for the heads of the columns.
    setAttributes(cell, { 'data-column': columns[i] ?? '' })
    if (i >= names.length) {
      setAttributes(cell, { class: 'number' })
      setText(cell, text)
      continue
    }
    setAttributes(cell, { class: i === 0 && tone !== undefined ? `name tone ${tone}` : 'name' })
    setForeignText(cell as HTMLElement, text)
  }
}

const createCell = (i: number) =>
  i === 0 ? element('th', { scope: 'row', role: 'rowheader' }) : element('td', { role: 'cell' })

/** Creates what a table that is too wide is scrolled in. It can be reached with the keyboard while there is need to scroll. */
function scroller(table: HTMLTableElement, name: string): HTMLElement {
  const outer = element('div', { class: 'scroll' }, table)
  const observer = new ResizeObserver(() => {
    const isTooWide = outer.scrollWidth > outer.clientWidth
    if (isTooWide) setAttributes(outer, { tabindex: '0', role: 'region', 'aria-label': name })
    else for (const attribute of ['tabindex', 'role', 'aria-label']) outer.removeAttribute(attribute)
  })
  observer.observe(outer)
  observer.observe(table)
  return outer
}
