import { OURS } from '../variants/index.ts'
import type { Summary } from './statistics.ts'
import { formatNumber } from './table.ts'

/** Bars to compare, of which shorter ones are better. */
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly { readonly label: string; readonly summary: Summary }[]
  /** The label of the bar that stands out. Default: our variant's. */
  readonly ours?: string
}

const WIDTH = 760
const LABELS = 250
const VALUES = 120
const ROW = 26
const TOP = 48

/** Colours with enough contrast on light and dark pages. */
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

/** Draws an SVG, in which a bar is a median, and the line over its end the middle half of the measurements. */
export function renderChart({ title, unit, bars, ours = OURS.name }: Chart): string {
  const longest = Math.max(...bars.map(({ summary }) => Math.max(summary.upper, summary.median)), Number.MIN_VALUE)
  const x = (value: number) => round(LABELS + (Math.max(0, value) / longest) * (WIDTH - LABELS - VALUES))
  const rows = bars.map(({ label, summary: { lower, median, upper } }, i) => {
    const y = TOP + i * ROW
    const middle = y + ROW / 2
    return `  <g>
    <text x="${LABELS - 10}" y="${middle + 4}" text-anchor="end">${escapeXml(label)}</text>
    <rect class="${label === ours ? 'ours' : 'bar'}" x="${LABELS}" y="${y + 4}" width="${round(x(median) - LABELS)}" height="${ROW - 8}" rx="2"/>
    <line class="spread" x1="${x(lower)}" y1="${middle}" x2="${x(upper)}" y2="${middle}"/>
    <text class="value" x="${round(Math.max(x(upper), x(median)) + 8)}" y="${middle + 4}">${formatNumber(median, median < 10 ? 1 : 0)} ${escapeXml(unit)}</text>
  </g>`
  })
  const height = TOP + bars.length * ROW + 12
  const said = bars.map(({ label, summary }) => `${label}: ${formatNumber(summary.median, 1)} ${unit}`).join('; ')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
  <title>${escapeXml(title)}</title>
  <desc>${escapeXml(said)}</desc>
  <style>${STYLE}
  </style>
  <text class="title" x="10" y="26">${escapeXml(title)}</text>
${rows.join('\n')}
</svg>
`
}

const round = (value: number) => Math.round(value * 10) / 10

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
