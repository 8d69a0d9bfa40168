import { OURS } from '../variants/index.ts'
import type { Summary } from './statistics.ts'
import { formatNumber } from './table.ts'

/** A bar chart that compares costs: a shorter bar is better. */
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly summary: Summary }[]
  /** The label of the highlighted bar. Default: that of our variant. */
  readonly ours?: string
}

/** The width of the chart, of its labels on the left and of its values on the right, in pixels. */
const WIDTH = 760
const LABELS_WIDTH = 250
const VALUES_WIDTH = 120
/** The height of a row and of what is above the first one, in pixels. */
const ROW_HEIGHT = 26
const TOP_HEIGHT = 48

/** The colours have enough contrast on GitHub's light and dark pages. */
const STYLE = `
  text { font: 13px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .value { font-variant-numeric: tabular-nums }
  .bar { fill: #8c959f }
  .ours { fill: #0969da }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 }
    .ours { fill: #4493f8 }
    .spread { stroke: #e6edf3 }
  }`

/** Renders an SVG. The length of a bar is the median, and the line over its end spans the middle half of the measurements. */
export function renderChart({ title, unit, bars, ours = OURS.name }: Chart): string {
  const longest = Math.max(...bars.map(({ summary }) => Math.max(summary.upper, summary.median)), Number.MIN_VALUE)
  const scale = (WIDTH - LABELS_WIDTH - VALUES_WIDTH) / longest
  const x = (value: number) => round(LABELS_WIDTH + Math.max(0, value) * scale)
  const rows = bars.map(({ label, summary: { lower, median, upper } }, i) => {
    const y = TOP_HEIGHT + i * ROW_HEIGHT
    const middle = y + ROW_HEIGHT / 2
    return `  <g>
    <text x="${LABELS_WIDTH - 10}" y="${middle + 4}" text-anchor="end">${escapeXml(label)}</text>
    <rect class="${label === ours ? 'ours' : 'bar'}" x="${LABELS_WIDTH}" y="${y + 4}" width="${round(x(median) - LABELS_WIDTH)}" height="${ROW_HEIGHT - 8}" rx="2"/>
    <line class="spread" x1="${x(lower)}" y1="${middle}" x2="${x(upper)}" y2="${middle}"/>
    <text class="value" x="${round(Math.max(x(upper), x(median)) + 8)}" y="${middle + 4}">${formatNumber(median, median < 10 ? 1 : 0)} ${escapeXml(unit)}</text>
  </g>`
  })
  const height = TOP_HEIGHT + bars.length * ROW_HEIGHT + 12
  const description = bars
    .map(({ label, summary }) => `${label}: ${formatNumber(summary.median, 1)} ${unit}`)
    .join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>${escapeXml(title)}</title>
  <desc>${escapeXml(description)}</desc>
  <style>${STYLE}
  </style>
  <text class="title" x="10" y="26">${escapeXml(title)}</text>
${rows.join('\n')}
</svg>
`
}

const round = (value: number) => Math.round(value * 10) / 10

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
