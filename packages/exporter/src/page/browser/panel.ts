import type { Families } from '../../reading/family.ts'
import type { Query } from '../../reading/query.ts'
import type { History } from './history.ts'

/** The name of a colour in `page.css`. */
export type Tone = 'ok' | 'moved' | 'refused' | 'failed' | 'left' | 'other' | `c${number}`

/** One line, or one layer, of a chart. */
export interface Line {
  readonly name: string
  readonly tone: Tone
  /** The value at each point of the history; NaN where there is none. */
  readonly values: readonly number[]
}

export interface Chart {
  /** Layers are stacked upon each other, lines are not. */
  readonly kind: 'layers' | 'lines'
  /** What it shows, with the unit, for readers who do not see it. */
  readonly title: string
  readonly lines: readonly Line[]
  readonly format: (value: number) => string
}

export interface Row {
  /** The tone of the line that the row belongs to. */
  readonly tone?: Tone | undefined
  /** What the row is about: mostly values of labels. */
  readonly names: readonly string[]
  readonly cells: readonly string[]
}

/** Rows of which only those that are shown need to be made. An array of rows is one too. */
export interface Rows {
  readonly length: number
  slice(start: number, end: number): readonly Row[]
}

/** Makes each row when it is needed. */
export const lazyRows = <Item>(items: readonly Item[], toRow: (item: Item, i: number) => Row): Rows => ({
  length: items.length,
  slice: (start, end) => items.slice(start, end).map((item, i) => toRow(item, start + i)),
})

export interface Table {
  /** The titles of the columns; first those of the names. */
  readonly columns: readonly string[]
  readonly rows: Rows
}

/** A number that is worth large type. */
interface Figure {
  readonly value: string
  readonly label: string
  /** The tone of the line that it belongs to. */
  readonly tone?: Tone | undefined
}

interface View {
  readonly figures: readonly Figure[]
  readonly chart?: Chart | undefined
  readonly table: Table
}

/** A part of the page that shows some metrics as they are now. */
export interface Panel {
  readonly id: string
  readonly title: string
  /** Whether it is twice as wide as others, where there is room. */
  readonly isWide?: boolean
  /** The names of the metrics that it shows. It is hidden while none of them has a series. */
  readonly metrics: readonly string[]
  /** The queries whose results it needs over time. Others it runs itself on the families. */
  readonly queries: readonly Query[]
  readonly view: (history: History, families: Families) => View
}
