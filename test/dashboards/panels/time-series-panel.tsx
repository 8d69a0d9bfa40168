import { type DataFrame, FieldType } from '@grafana/data'
import { TimeSeries } from '@grafana/ui'
import { type ComponentProps, useMemo } from 'react'
import type { PanelProps } from './panel-props.tsx'

type Legend = ComponentProps<typeof TimeSeries>['legend']

const LEGEND = { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] }

export function TimeSeriesPanel({ panel, frames, timeRange, width, height }: PanelProps) {
  const { legend } = (panel.options ?? {}) as { legend?: object }
  return (
    <TimeSeries
      frames={useMemo(() => frames.map(withoutInfinity), [frames])}
      timeRange={timeRange}
      timeZone="utc"
      width={width}
      height={height}
      legend={{ ...LEGEND, ...legend } as Legend}
    />
  )
}

/** A line has a gap where a value is no finite number, as 0 / 0 is. */
function withoutInfinity(frame: DataFrame): DataFrame {
  const finite = (value: number | null) => (Number.isFinite(value) ? value : null)
  const fields = frame.fields.map((field) =>
    field.type === FieldType.number ? { ...field, values: field.values.map(finite) } : field,
  )
  return { ...frame, fields }
}
