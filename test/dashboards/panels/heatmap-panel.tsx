import { formattedValueToString, getValueFormat } from '@grafana/data'
import { UPlotChart } from '@grafana/ui'
import { useMemo } from 'react'
import { colorsOf } from './heatmap-colors.tsx'
import { type BucketAxis, createHeatmapPlot } from './heatmap-plot.tsx'
import type { PanelProps } from './panel-props.tsx'

interface HeatmapOptions {
  readonly yAxis?: BucketAxis
  readonly color?: Parameters<typeof colorsOf>[0]
  readonly filterValues?: { readonly le?: number }
}

const LEGEND_PX = 22

/** Draws a heatmap with uPlot, since Grafana does not publish its own as a component. */
export function HeatmapPanel({ panel, frames, timeRange, theme, width, height }: PanelProps) {
  const { yAxis = {}, color, filterValues } = (panel.options ?? {}) as HeatmapOptions
  const plot = useMemo(() => {
    const [time, ...buckets] = frames[0]?.fields ?? []
    if (time === undefined) return undefined
    const colors = colorsOf(color, theme)
    const least = filterValues?.le ?? 1e-9
    const max = buckets.flatMap(({ values }) => values as number[]).reduce((max, count) => Math.max(max, count), least)
    const colorOf = (count: number) =>
      count > least ? colors[Math.min(colors.length - 1, Math.floor((count / max) * colors.length))] : undefined
    const heatmap = { time, stepMs: time.config.interval ?? 1000, buckets, colorOf }
    const config = createHeatmapPlot(heatmap, yAxis, timeRange, theme, height - 2 * LEGEND_PX)
    return { config, time, colors, max }
  }, [frames, color, filterValues, yAxis, timeRange, theme, height])
  if (plot === undefined) return null

  const { unit = 'short' } = (panel.fieldConfig?.defaults ?? {}) as { unit?: string }
  const format = (value: number) => formattedValueToString(getValueFormat(unit)(value))
  const { config, time, colors, max } = plot
  return (
    <div>
      <UPlotChart
        data={[time.values, time.values.map(() => 0)]}
        width={width}
        height={height - LEGEND_PX}
        config={config}
      />
      <div className="color-scale" style={{ height: LEGEND_PX, color: theme.colors.text?.secondary }}>
        <span>{format(0)}</span>
        <span style={{ width: 200, height: 8, background: `linear-gradient(90deg, ${colors.join(', ')})` }} />
        <span>{format(max)}</span>
      </div>
    </div>
  )
}
