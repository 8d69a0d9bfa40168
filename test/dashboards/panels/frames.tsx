import { type DataFrame, type Field, FieldType, renderLegendFormat, toDataFrame } from '@grafana/data'
import type { QueryResult, ResultSeries } from '../drawing.ts'

/** Returns the data frames that Grafana's Prometheus data source makes of a query's result, by the query's format. */
export function framesOf(result: QueryResult, stepMs: number, tables: number): DataFrame[] {
  if (result.series.length === 0) return []
  if (result.format === 'table') return [tableFrame(result, tables)]
  if (result.format === 'heatmap') return [heatmapFrame(result, stepMs)]
  return result.series.map((series) => timeSeriesFrame(result, series, stepMs))
}

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))
const withoutName = ({ metric }: ResultSeries) =>
  Object.fromEntries(Object.entries(metric).filter(([label]) => label !== '__name__'))

/** The name of a series without a legend: its labels, as Prometheus writes them. */
function nameOf(metric: Readonly<Record<string, string>>): string {
  const { __name__: name = '', ...labels } = metric
  const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return written.length === 0 && name !== '' ? name : `${name}{${written.join(', ')}}`
}

function timeField(values: number[], stepMs: number): Partial<Field> {
  return { name: 'Time', type: FieldType.time, values, config: { interval: stepMs } }
}

function timeSeriesFrame({ refId, legendFormat }: QueryResult, series: ResultSeries, stepMs: number): DataFrame {
  const isAutomatic = legendFormat === '' || legendFormat === '__auto'
  const displayNameFromDS = isAutomatic ? nameOf(series.metric) : renderLegendFormat(legendFormat, { ...series.metric })
  return toDataFrame({
    refId,
    fields: [
      timeField(
        series.values.map(([seconds]) => seconds * 1000),
        stepMs,
      ),
      {
        name: 'Value',
        type: FieldType.number,
        labels: withoutName(series),
        config: { displayNameFromDS },
        values: series.values.map(([, text]) => numberOf(text)),
      },
    ],
  })
}

/** @param tables how many of the panel's queries have the format of a table; their values are told apart by the query's letter */
function tableFrame({ refId, series }: QueryResult, tables: number): DataFrame {
  const labels = [...new Set(series.flatMap((one) => Object.keys(withoutName(one))))].sort()
  const rows = series.flatMap((one) =>
    one.values.map(([seconds, text]) => ({ ms: seconds * 1000, metric: one.metric, value: numberOf(text) })),
  )
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(({ ms }) => ms) },
      ...labels.map((name) => ({ name, type: FieldType.string, values: rows.map(({ metric }) => metric[name] ?? '') })),
      {
        name: tables > 1 ? `Value #${refId}` : 'Value',
        type: FieldType.number,
        values: rows.map(({ value }) => value),
      },
    ],
  })
}

/** Buckets of a histogram as rows, each without those that its bucket includes. */
function heatmapFrame({ refId, series }: QueryResult, stepMs: number): DataFrame {
  const buckets = [...series].sort((a, b) => numberOf(a.metric.le ?? '') - numberOf(b.metric.le ?? ''))
  const times = [...new Set(buckets.flatMap(({ values }) => values.map(([seconds]) => seconds)))].sort((a, b) => a - b)
  const cumulative = buckets.map(({ values }) => {
    const byTime = new Map(values.map(([seconds, text]) => [seconds, numberOf(text)]))
    return times.map((seconds) => byTime.get(seconds) ?? 0)
  })
  return toDataFrame({
    refId,
    fields: [
      timeField(
        times.map((seconds) => seconds * 1000),
        stepMs,
      ),
      ...buckets.map(({ metric }, i) => ({
        name: metric.le ?? '',
        type: FieldType.number,
        labels: { le: metric.le ?? '' },
        values: (cumulative[i] ?? []).map((value, t) => Math.max(0, value - (cumulative[i - 1]?.[t] ?? 0))),
      })),
    ],
  })
}
