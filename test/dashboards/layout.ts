import type { Panel, Rectangle } from './drawing.ts'

/** Grafana's grid: cells of a fixed height, 24 of them in the width, with a gap between panels. */
const COLUMNS = 24
const ROW_PX = 30
const GAP_PX = 8
/** The height of the title of a row, in cells. */
const TITLE_ROWS = 1

/** A row of a dashboard: its title and the panels below it. */
export interface Section {
  /** Undefined for the panels above the first row. */
  readonly row: Panel | undefined
  readonly panels: readonly Panel[]
}

/** Takes a dashboard apart into its rows. A row that is collapsed has its panels within it. */
export function sectionsOf(panels: readonly Panel[]): readonly Section[] {
  const sections: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }]
  for (const panel of panels) {
    if (panel.type === 'row') sections.push({ row: panel, panels: [...(panel.panels ?? [])] })
    else sections.at(-1)?.panels.push(panel)
  }
  return sections.filter(({ row, panels }) => row !== undefined || panels.length > 0)
}

export interface PlacedPanel {
  readonly panel: Panel
  /** In pixels. */
  readonly place: Rectangle
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly panels: readonly PlacedPanel[]
}

/**
 * Places the panels of these rows on a picture of this width, each row below the one before, with all rows open.
 */
export function layOut(sections: readonly Section[], width: number): Layout {
  const columnPx = (width - GAP_PX * (COLUMNS + 1)) / COLUMNS
  const toPixels = ({ x, y, w, h }: Rectangle): Rectangle => ({
    x: GAP_PX + x * (columnPx + GAP_PX),
    y: GAP_PX + y * (ROW_PX + GAP_PX),
    w: w * (columnPx + GAP_PX) - GAP_PX,
    h: h * (ROW_PX + GAP_PX) - GAP_PX,
  })
  const placed: PlacedPanel[] = []
  let bottom = 0
  for (const { row, panels } of sections) {
    if (row !== undefined) {
      placed.push({ panel: row, place: toPixels({ x: 0, y: bottom, w: COLUMNS, h: TITLE_ROWS }) })
      bottom += TITLE_ROWS
    }
    const cells = panels.map(({ gridPos = { x: 0, y: 0, w: 12, h: 8 } }) => gridPos)
    const shift = bottom - Math.min(...cells.map(({ y }) => y))
    for (const [i, cell] of cells.entries()) {
      const place = toPixels({ ...cell, y: cell.y + shift })
      placed.push({ panel: panels[i] as Panel, place })
      bottom = Math.max(bottom, cell.y + shift + cell.h)
    }
  }
  return { width, height: GAP_PX + bottom * (ROW_PX + GAP_PX), panels: placed }
}
