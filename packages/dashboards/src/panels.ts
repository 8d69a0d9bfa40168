import {
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'

export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` }

interface Query {
  readonly expr: string
  /** The template of a series' name, with labels as `{{label}}`. */
  readonly legend: string
}

interface PanelOptions {
  readonly title: string
  /** Explains what the number means and what to make of it. Grafana shows it at the panel's corner. */
  readonly description: string
  /** Grafana's identifier of a unit: `reqps`, `s`, `bytes`, `percentunit`… */
  readonly unit: string
  /** The width in columns; a dashboard has 24. */
  readonly width: number
  readonly queries: readonly Query[]
}

const HEIGHT = 8

/** Creates a panel of lines over time. `stacked` is for values whose sum has a meaning. */
export function graph(options: PanelOptions & { readonly stacked?: boolean }): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .min(0)
    .span(options.width)
    .height(HEIGHT)
    .lineWidth(1)
    .fillOpacity(options.stacked ? 30 : 5)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .calcs(['mean', 'max', 'lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(options.queries.map((query, i) => target(query, i).range()))
  return options.stacked ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')) : panel
}

/** Creates a panel with one figure for each series, over the whole time range of the dashboard. */
export function figure(options: PanelOptions): StatBuilder {
  return new StatBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .span(options.width)
    .height(HEIGHT)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .targets(options.queries.map((query, i) => target(query, i).instant()))
}

function target({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
}
