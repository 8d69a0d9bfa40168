import { type Field, formattedValueToString, type GrafanaTheme2, getValueFormat, type TimeRange } from '@grafana/data'
import { AxisPlacement, ScaleDirection, ScaleOrientation, UPlotConfigBuilder } from '@grafana/ui'
import type uPlot from 'uplot'

/** A heatmap of the buckets of a histogram over time. */
export interface Heatmap {
  readonly time: Field
  /** The interval between two points. */
  readonly stepMs: number
  /** A field for each bucket, from the lowest one up, without those that its bucket includes. */
  readonly buckets: readonly Field[]
  /** Returns the colour of a cell with so many events; undefined for an empty one. */
  colorOf(count: number): string | undefined
}

export interface BucketAxis {
  /** Grafana's identifier of the unit of the buckets' limits. */
  readonly unit?: string
  readonly decimals?: number
}

/** The distance that the labels of the buckets have at least. */
const LABEL_PX = 16

/** Configures uPlot to draw a heatmap, with axes as those of Grafana's panels. */
export function createHeatmapPlot(
  heatmap: Heatmap,
  axis: BucketAxis,
  timeRange: TimeRange,
  theme: GrafanaTheme2,
  heightPx: number,
): UPlotConfigBuilder {
  const { buckets } = heatmap
  const builder = new UPlotConfigBuilder('utc')
  builder.addScale({
    scaleKey: 'x',
    isTime: true,
    orientation: ScaleOrientation.Horizontal,
    direction: ScaleDirection.Right,
    range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()],
  })
  builder.addAxis({ scaleKey: 'x', isTime: true, placement: AxisPlacement.Bottom, timeZone: 'utc', theme })
  builder.addScale({
    scaleKey: 'y',
    orientation: ScaleOrientation.Vertical,
    direction: ScaleDirection.Up,
    range: () => [0, buckets.length],
  })
  const every = Math.max(1, Math.ceil((buckets.length * LABEL_PX) / heightPx))
  builder.addAxis({
    scaleKey: 'y',
    placement: AxisPlacement.Left,
    theme,
    // A bucket's label is at its upper limit.
    splits: () => buckets.map((_, i) => i + 1).filter((i) => (buckets.length - i) % every === 0),
    values: (_, splits) => splits.map((i) => labelOf(buckets[i - 1], axis)),
  })
  builder.addSeries({ scaleKey: 'y', pathBuilder: () => null, theme, lineColor: 'transparent' })
  builder.addHook('drawClear', (plot) => drawCells(plot, heatmap))
  return builder
}

function labelOf(bucket: Field | undefined, { unit = 'short', decimals }: BucketAxis): string {
  const limit = Number(bucket?.labels?.le)
  return Number.isFinite(limit) ? formattedValueToString(getValueFormat(unit)(limit, decimals)) : '∞'
}

function drawCells(plot: uPlot, { time, stepMs, buckets, colorOf }: Heatmap): void {
  const { ctx, bbox } = plot
  const visible = new Path2D()
  visible.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.save()
  ctx.clip(visible)
  for (const [i, { values }] of buckets.entries()) {
    const top = Math.round(plot.valToPos(i + 1, 'y', true)) + 1
    const bottom = Math.round(plot.valToPos(i, 'y', true))
    for (const [t, count] of (values as number[]).entries()) {
      const color = colorOf(count)
      if (color === undefined) continue
      const endMs = time.values[t] as number
      const left = Math.round(plot.valToPos(endMs - stepMs, 'x', true))
      const right = Math.round(plot.valToPos(endMs, 'x', true))
      const gap = right - left > 4 ? 1 : 0
      ctx.fillStyle = color
      ctx.fillRect(left, top, Math.max(1, right - left - gap), bottom - top)
    }
  }
  ctx.restore()
}
