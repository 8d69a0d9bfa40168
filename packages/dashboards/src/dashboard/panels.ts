import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
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
import {
  type DashboardLink,
  type Panel as GrafanaPanel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import {
  PanelBuilder as HeatmapBuilder,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { DATASOURCE } from './datasource.ts'

/** What all builders of panels have. */
interface PanelBuilder extends Builder<GrafanaPanel> {
  id(id: number): this
  dataLinks(links: Builder<DashboardLink>[]): this
}

/** A panel before it has an identifier and its links. */
export interface Panel {
  readonly title: string
  readonly builder: PanelBuilder
  /** The title of the panel that a click leads to. */
  readonly detail: string | undefined
}

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
  readonly detail?: string
}

interface SeriesOptions extends PanelOptions {
  readonly queries: readonly Query[]
}

const HEIGHT = 8
const FIGURE_HEIGHT = 4

/** Creates a panel of lines over time. `stacked` is for values whose sum has a meaning. */
export function graph(options: SeriesOptions & { readonly stacked?: boolean }): Panel {
  const builder = timeseries(options)
    .lineWidth(1)
    .fillOpacity(options.stacked ? 30 : 5)
    .showPoints(VisibilityMode.Never)
  return panel(options, options.stacked ? builder.stacking(STACKED) : builder)
}

/**
 * Creates a panel of stacked bars, each of which counts what happened within its interval. The query has to use `$__interval`,
 * which is at least a minute here, so that there is a scrape in each.
 */
export function bars(options: SeriesOptions): Panel {
  const builder = timeseries(options)
    .interval('1m')
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(1)
    .fillOpacity(80)
    .decimals(0)
    .stacking(STACKED)
  return panel(options, builder)
}

const STACKED = new StackingConfigBuilder().mode(StackingMode.Normal).group('A')

/** The end of the axis where all shares are 0, for which Grafana would choose 10,000 %. */
const SMALL_SHARE = 0.01

function timeseries(options: SeriesOptions): TimeseriesBuilder {
  const builder = new TimeseriesBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .min(0)
    .span(options.width)
    .height(HEIGHT)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        // Below a panel as wide as the dashboard, a legend would have room for a few rows only.
        .placement(options.width === 24 ? LegendPlacement.Right : LegendPlacement.Bottom)
        .calcs(['mean', 'max', 'lastNotNull']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .targets(options.queries.map((query, i) => target(query, i).range()))
  return options.unit === 'percentunit' ? builder.axisSoftMax(SMALL_SHARE) : builder
}

/** Creates a panel with one figure for each series, over the whole time range of the dashboard. */
export function figures(options: SeriesOptions): Panel {
  const builder = stat(options)
    .height(HEIGHT)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.None)
    .targets(options.queries.map((query, i) => target(query, i).instant()))
  return panel(options, builder)
}

/** From which value on a figure is red, and from which on yellow before. */
interface Limits {
  readonly warning?: number
  readonly critical: number
}

interface FigureOptions extends PanelOptions {
  readonly expr: string
  /** Without limits a figure has one colour. */
  readonly limits?: Limits
  /** What stands in place of a figure where there are no series. */
  readonly noValue?: string
}

/** Creates a panel with the latest figure of one series, and its course in the background. */
export function figure({ limits, noValue, expr, ...options }: FigureOptions): Panel {
  const steps = [
    { value: null, color: limits === undefined ? 'blue' : 'green' },
    ...(limits?.warning === undefined ? [] : [{ value: limits.warning, color: 'yellow' }]),
    ...(limits === undefined ? [] : [{ value: limits.critical, color: 'red' }]),
  ]
  const builder = stat(options)
    .height(FIGURE_HEIGHT)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .targets([target({ expr, legend: options.title }, 0).range()])
  return panel(options, noValue === undefined ? builder : builder.noValue(noValue))
}

function stat(options: PanelOptions): StatBuilder {
  return new StatBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .span(options.width)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
}

/** Creates a panel that shows how a histogram's values are distributed over time. */
export function heatmap({ expr, ...options }: PanelOptions & { readonly expr: string }): Panel {
  const builder = new HeatmapBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .span(options.width)
    .height(HEIGHT)
    .calculate(false)
    .cellGap(1)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Oranges')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64),
    )
    .yAxis(new YAxisConfigBuilder().unit(options.unit))
    .unit('short')
    .targets([target({ expr, legend: '{{le}}' }, 0).range().format(PromQueryFormat.Heatmap)])
  return panel(options, builder)
}

function panel({ title, detail }: PanelOptions, builder: PanelBuilder): Panel {
  return { title, detail, builder }
}

function target({ expr, legend }: Query, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend)
}
