import { type FieldDisplay, getFieldDisplayValues, type ReduceDataOptions } from '@grafana/data'
import type { PanelProps } from './panel-props.tsx'

/** Reduces each field to the value that a stat or a bar gauge shows. */
export function displayValuesOf({ panel, frames, theme }: PanelProps, sparkline = false): FieldDisplay[] {
  const { reduceOptions } = (panel.options ?? {}) as { reduceOptions?: Partial<ReduceDataOptions> }
  return getFieldDisplayValues({
    fieldConfig: { defaults: { ...panel.fieldConfig?.defaults }, overrides: [] },
    reduceOptions: { calcs: ['lastNotNull'], ...reduceOptions },
    replaceVariables: (text) => text,
    theme,
    data: frames,
    sparkline,
    timeZone: 'utc',
  })
}
