/** A panel of a dashboard, in Grafana's classic schema: the members that the drawing needs. */
export interface Panel {
  readonly id?: number
  /** `timeseries`, `stat`, `heatmap`, `table`, `bargauge`, `barchart`, `text`, `row`… */
  readonly type: string
  readonly title?: string
  readonly gridPos?: Rectangle
  readonly targets?: readonly Query[]
  /** How many points a series has at most. Default: the panel's width in pixels. */
  readonly maxDataPoints?: number
  /** The least interval between the points of a series, such as `1m`. */
  readonly interval?: string
  readonly fieldConfig?: { readonly defaults?: object; readonly overrides?: readonly object[] }
  readonly options?: object
  readonly transformations?: readonly object[]
  /** The panels of a row that is collapsed. */
  readonly panels?: readonly Panel[]
}

/** A query of a panel. */
export interface Query {
  readonly refId?: string
  readonly expr?: string
  readonly legendFormat?: string
  readonly format?: string
  readonly instant?: boolean
  readonly range?: boolean
  readonly hide?: boolean
}

/** In cells of Grafana's grid of 24 columns, or in pixels. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** A series as Prometheus' query API has it: times in seconds, and values as text. */
export interface ResultSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

/** What a query resulted in. */
export interface QueryResult {
  readonly refId: string
  readonly legendFormat: string
  readonly format: string
  readonly isInstant: boolean
  readonly series: readonly ResultSeries[]
}

/** A panel with its place on the picture, in pixels, and its data. */
export interface PanelDrawing {
  readonly panel: Panel
  readonly place: Rectangle
  /** The interval between the points of a series. */
  readonly stepMs: number
  readonly results: readonly QueryResult[]
  /** Why there is nothing to draw. */
  readonly problem?: string
}

/** What the page that draws a dashboard gets, as JSON. */
export interface Drawing {
  readonly fromMs: number
  readonly toMs: number
  readonly width: number
  readonly height: number
  readonly panels: readonly PanelDrawing[]
}
