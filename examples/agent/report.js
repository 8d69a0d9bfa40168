import { METRIC_NAMES } from './expected.js'

/** @import { Metric, ScrapedSeries } from './scrape.js' */

const WIDTH = 100

/** Metrics whose series have the same labels, which are shown side by side. @type {Readonly<Record<string, string[]>>} */
const VIEWS = {
  'HTTP requests': [
    'agentgateway_requests_total',
    'agentgateway_request_duration_seconds',
    'agentgateway_request_size_bytes',
    'agentgateway_response_size_bytes',
  ],
  Connections: ['agentgateway_connections_total', 'agentgateway_connections_active'],
  'MCP sessions': ['agentgateway_mcp_sessions_active'],
  'MCP requests': ['agentgateway_mcp_requests_total'],
  'LLM requests': ['agentgateway_llm_requests_total'],
  'LLM tokens': ['agentgateway_llm_tokens_total'],
  'LLM durations': ['agentgateway_llm_request_duration_seconds'],
}

/** @param {ReadonlyMap<string, Metric>} metrics */
export function unmoved(metrics) {
  return METRIC_NAMES.filter((name) => total(metrics.get(name)) === 0)
}

/** @param {Metric | undefined} metric */
const total = (metric) => (metric?.series ?? []).reduce((sum, { value }) => sum + value, 0)

/** Returns a line for each metric, and then their series. @param {ReadonlyMap<string, Metric>} metrics */
export function report(metrics) {
  const rows = METRIC_NAMES.map((name) => {
    const metric = metrics.get(name)
    return [name, metric?.kind ?? 'missing', String(metric?.series.length ?? 0), summary(metric)]
  })
  const gateway = metrics.get('agentgateway_requests_total')?.series[0]?.labels.gateway
  const overview = grid([['metric', 'kind', 'series', 'total'], ...rows], [2])
  return [
    overview,
    `Their series; gateway=${gateway} is on all of them.`,
    ...Object.entries(VIEWS).map(([title, names]) => view(title, names, metrics)),
  ].join('\n\n')
}

/** @param {Metric | undefined} metric */
function summary(metric) {
  if (metric === undefined) return '0'
  const sum = metric.series.reduce((all, series) => all + (series.sum ?? 0), 0)
  return cell({ labels: {}, value: total(metric), ...(metric.kind === 'histogram' && { sum }) }, metric.name)
}

/** @param {string} title @param {string[]} names @param {ReadonlyMap<string, Metric>} metrics */
function view(title, names, metrics) {
  const labelSets = metrics.get(names[0] ?? '')?.series.map(({ labels }) => labels) ?? []
  if (labelSets.length === 0) return `${title}\n  none`
  const labels = Object.keys(labelSets[0] ?? {}).filter((label) => label !== 'gateway')
  // A label with the same value in all series is shown in the title.
  const differs = labels.filter((label) => new Set(labelSets.map((set) => set[label])).size > 1)
  const same = labels.filter((label) => !differs.includes(label)).map((label) => `${label}=${labelSets[0]?.[label]}`)
  const rows = labelSets.map((set) => [
    ...differs.map((label) => set[label] || '""'),
    ...names.map((name) => {
      const series = metrics.get(name)?.series.find((one) => labels.every((label) => one.labels[label] === set[label]))
      return series === undefined ? '' : cell(series, name)
    }),
  ])
  const heads = [...differs.map(short), ...names.map(short)]
  const columns = names.map((_, i) => differs.length + i)
  return `${[title, ...same].join('  ')}\n${grid([heads, ...rows.sort()], columns)}`
}

/** @param {string} name */
const short = (name) =>
  name.replace(/^agentgateway_(llm_|mcp_)?(request_(?=duration))?|^gen_ai_/, '').replace(/_(total|seconds|bytes)$/, '')

/** Returns a counter's or gauge's value, or a histogram's count and average. @param {ScrapedSeries} series @param {string} name */
function cell({ value, sum }, name) {
  if (sum === undefined) return String(value)
  const average = value === 0 ? 0 : sum / value
  return `${value} × ${name.endsWith('_seconds') ? `${(average * 1000).toFixed(1)} ms` : `${Math.round(average)} B`}`
}

/** @param {string[][]} rows @param {number[]} right the columns to align to the right */
function grid(rows, right) {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows
    .map((row) =>
      row.map((text, i) => (right.includes(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))),
    )
    .map((row) => `  ${row.join('  ')}`.trimEnd())
    .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line))
    .join('\n')
}
