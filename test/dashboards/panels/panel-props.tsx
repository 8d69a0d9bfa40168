import type { DataFrame, GrafanaTheme2, TimeRange } from '@grafana/data'
import type { Panel } from '../drawing.ts'

/** What each kind of panel is drawn from. */
export interface PanelProps {
  readonly panel: Panel
  /** With the panel's configuration in their fields. */
  readonly frames: DataFrame[]
  readonly timeRange: TimeRange
  readonly theme: GrafanaTheme2
  readonly width: number
  readonly height: number
}
