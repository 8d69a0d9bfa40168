import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge'
import {
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TextBuilder } from '@grafana/grafana-foundation-sdk/text'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { Panel, PanelDrawing, QueryResult, ResultSeries } from './drawing.ts'
import { type Painter, startPainter, whyMissing } from './painter.ts'

const FROM_SECONDS = 1_800_000_000
const TO_SECONDS = FROM_SECONDS + 60
const PLACE = { x: 0, y: 0, w: 500, h: 300 }

/** A series over the whole time range, whose value depends on the second. */
const series = (metric: Record<string, string>, valueAt: (second: number) => number | string): ResultSeries => ({
  metric,
  values: Array.from({ length: 61 }, (_, second) => [FROM_SECONDS + second, String(valueAt(second))] as const),
})
const instant = (metric: Record<string, string>, value: number): ResultSeries => ({
  metric,
  values: [[TO_SECONDS, String(value)]],
})

const result = (series: readonly ResultSeries[], options: Partial<QueryResult> = {}): QueryResult => ({
  refId: 'A',
  legendFormat: '{{route}}',
  format: 'time_series',
  isInstant: false,
  series,
  ...options,
})

describe("a panel, drawn with Grafana's components", { skip: whyMissing() }, () => {
  let painter: Painter
  before(async () => {
    painter = await startPainter()
  })
  after(() => painter?.close())

  /** Draws a panel alone and returns the texts that it shows, one a line. */
  async function drawn(panel: { build(): unknown }, results: readonly QueryResult[], more: Partial<PanelDrawing> = {}) {
    const one = { panel: panel.build() as Panel, place: PLACE, stepMs: 1000, results, ...more }
    const drawing = { fromMs: FROM_SECONDS * 1000, toMs: TO_SECONDS * 1000, width: PLACE.w, height: PLACE.h }
    await painter.draw({ ...drawing, panels: [one] })
    return ((await painter.page.evaluate('document.body.innerText')) as string).split(/\s*\n\s*|\t/)
  }

  /** How many pixels of the chart have a colour, and not a shade of grey. */
  const coloured = async () =>
    (await painter.page.evaluate(`[...document.querySelectorAll('canvas')].reduce((count, canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 0 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 18) count++
      }
      return count
    }, 0)`)) as number

  it('has lines, and the legend with its calculations in the unit', async () => {
    const legend = new VizLegendOptionsBuilder()
      .showLegend(true)
      .displayMode(LegendDisplayMode.Table)
      .placement(LegendPlacement.Bottom)
      .calcs(['mean', 'max'])
    const panel = new TimeseriesBuilder()
      .title('Requests')
      .unit('reqps')
      .legend(legend)
      .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Line))
    const texts = await drawn(panel, [
      result([series({ route: '/a' }, () => 1.5), series({ route: '/b' }, (second) => (second < 9 ? 'NaN' : 3))]),
    ])
    for (const text of ['Requests', '/a', '1.50 req/s', '/b', '3 req/s']) {
      assert.ok(texts.includes(text), `${text} in ${texts.join('|')}`)
    }
    assert.ok((await coloured()) > 500)
  })

  for (const [unit, value, shown] of [
    ['s', 0.0123, '12.3ms'],
    ['bytes', 123_456, '121KiB'],
    ['percentunit', 0.0123, '1.23%'],
    ['short', 12_345, '12.3K'],
    ['currencyUSD', 0.5, '$0.500'],
    ['reqps', 0, '0req/s'],
  ] as const) {
    it(`writes ${value} in the unit ${unit} as ${shown}`, async () => {
      const texts = await drawn(new StatBuilder().unit(unit).graphMode(BigValueGraphMode.None), [
        result([series({}, () => value)]),
      ])
      assert.equal(texts.join('').replaceAll(/\s/g, ''), shown)
    })
  }

  it('of one figure has the colour of its threshold, and a line behind it', async () => {
    const thresholds = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([
      { value: null, color: 'green' },
      { value: 0.05, color: 'red' },
    ])
    const panel = new StatBuilder().unit('percentunit').thresholds(thresholds).graphMode(BigValueGraphMode.Area)
    const colour = async (value: number) => {
      await drawn(panel, [result([series({}, (second) => value + second / 1e6)])])
      return painter.page.evaluate(`getComputedStyle([...document.querySelectorAll('span')].find(
        ({ children, textContent }) => children.length === 0 && /^[0-9]/.test(textContent))).color`)
    }
    assert.equal(await colour(0.01), 'rgb(115, 191, 105)')
    assert.equal(await colour(0.07), 'rgb(242, 73, 92)')
    assert.ok((await coloured()) > 500)
  })

  it('without data says so, or what the panel says', async () => {
    assert.deepEqual(await drawn(new StatBuilder(), [], { problem: 'no data' }), ['No data'])
    assert.deepEqual(await drawn(new StatBuilder().noValue('none'), [result([])]), ['none'])
  })

  it('of a histogram has a cell for each bucket with events that no lower bucket has', async () => {
    const pixels = async (...cumulative: readonly number[]) => {
      const buckets = ['0.1', '0.5', '+Inf'].map((le, i) => series({ le }, () => cumulative[i] ?? 0))
      await drawn(new HeatmapBuilder(), [result(buckets, { format: 'heatmap' })])
      return coloured()
    }
    const [all, withoutMiddle] = [await pixels(2, 4, 6), await pixels(2, 2, 6)]
    assert.ok(Math.abs(withoutMiddle / all - 2 / 3) < 0.05, `${withoutMiddle} of ${all} pixels`)
  })

  it('of rows has them sorted, under the names that its transformations give', async () => {
    const panel = new TableBuilder()
      .unit('s')
      .withTransformation({
        id: 'organize',
        options: { excludeByName: { Time: true }, renameByName: { route: 'Route', Value: 'p95' } },
      })
      .sortBy([new TableSortByFieldStateBuilder().displayName('p95').desc(true)])
    const texts = await drawn(panel, [
      result([instant({ route: '/a' }, 0.25), instant({ route: '/b' }, 1.5)], { format: 'table', isInstant: true }),
    ])
    assert.deepEqual(
      texts.filter((text) => text !== ''),
      ['Route', 'p95', '/b', '1.50 s', '/a', '250 ms'],
    )
  })

  it('of bars has one for each series', async () => {
    const texts = await drawn(new BarGaugeBuilder().unit('short'), [
      result([instant({ route: '/a' }, 3), instant({ route: '/b' }, 1500)]),
    ])
    assert.deepEqual(texts, ['/a', '3', '/b', '1.50 K'])
  })

  it('of text has its Markdown as HTML', async () => {
    assert.deepEqual(await drawn(new TextBuilder().content('**Hello**, `world`'), []), ['Hello, world'])
  })
})
