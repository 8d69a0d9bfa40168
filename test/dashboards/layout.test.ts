import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as TextBuilder } from '@grafana/grafana-foundation-sdk/text'
import type { Panel } from './drawing.ts'
import { layOut, sectionsOf } from './layout.ts'

const text = (title: string, width: number, height: number) => new TextBuilder().title(title).span(width).height(height)

/** The width at which each of the 24 columns has 10 pixels, beside the gaps of 8. */
const WIDTH = 24 * 10 + 25 * 8

describe("a dashboard's layout", () => {
  it('has the panels where Grafana has them, in cells of 30 pixels in height and a 24th of the width', () => {
    const { panels } = new DashboardBuilder('d')
      .withRow(new RowBuilder('First'))
      .withPanel(text('a', 12, 4))
      .withPanel(text('b', 12, 4))
      .withPanel(text('c', 24, 2))
      .build()
    const layout = layOut(sectionsOf(panels as readonly Panel[]), WIDTH)
    assert.deepEqual(
      layout.panels.map(({ panel, place }) => [panel.title, place]),
      [
        ['First', { x: 8, y: 8, w: WIDTH - 16, h: 30 }],
        ['a', { x: 8, y: 46, w: 208, h: 144 }],
        ['b', { x: 224, y: 46, w: 208, h: 144 }],
        ['c', { x: 8, y: 198, w: WIDTH - 16, h: 68 }],
      ],
    )
    assert.equal(layout.height, 274)
  })

  it('opens a row that is collapsed, and moves what is below it', () => {
    const { panels } = new DashboardBuilder('d')
      .withRow(new RowBuilder('Closed').collapsed(true).withPanel(text('a', 12, 4)))
      .withRow(new RowBuilder('Open'))
      .withPanel(text('b', 12, 4))
      .build()
    const layout = layOut(sectionsOf(panels as readonly Panel[]), WIDTH)
    assert.deepEqual(
      layout.panels.map(({ panel, place }) => [panel.title, place.y]),
      [
        ['Closed', 8],
        ['a', 46],
        ['Open', 198],
        ['b', 236],
      ],
    )
  })

  it('of one row alone begins at the top', () => {
    const { panels } = new DashboardBuilder('d')
      .withRow(new RowBuilder('First'))
      .withPanel(text('a', 24, 10))
      .withRow(new RowBuilder('Second'))
      .withPanel(text('b', 24, 3))
      .build()
    const [, second] = sectionsOf(panels as readonly Panel[])
    assert.ok(second)
    const layout = layOut([second], WIDTH)
    assert.deepEqual(
      layout.panels.map(({ panel, place }) => [panel.title, place.y]),
      [
        ['Second', 8],
        ['b', 46],
      ],
    )
  })
})
