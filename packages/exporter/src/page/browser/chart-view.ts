import { age } from '../../reading/format.ts'
import { ChartReadout, type DrawnChart } from './chart-readout.ts'
import { element, setAttributes, setText, svgElement, sync } from './elements.ts'
import { HISTORY_MS } from './history.ts'
import type { Chart } from './panel.ts'
import { axisEnd, stack } from './scale.ts'

const HEIGHT = 132
/** Room for the labels of the grid at the left, and for the times at the bottom. */
const LEFT = 50
const TOP = 8
const BOTTOM = 20

/** The axis of time is at least this long, so that the first points do not seem to be far apart. */
const MIN_SPAN_MS = 60_000

/** A chart of some lines or layers over time, as wide as the element that it is in. */
export class ChartView {
  readonly element = element('figure', { class: 'chart' })
  readonly #svg = svgElement('svg', { role: 'img' })
  readonly #grid = svgElement('path', { class: 'grid' })
  readonly #shapes = svgElement('g')
  readonly #scale = svgElement('g', { class: 'scale' })
  #drawn: DrawnChart | undefined
  #width = 0
  #draw = () => {}

  constructor() {
    const readout = new ChartReadout(this.#svg, () => this.#drawn)
    this.#svg.append(this.#grid, this.#shapes, this.#scale, readout.cursor)
    this.element.append(this.#svg, readout.box)
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0)
      this.#draw()
    }).observe(this.element)
  }

  /** @param times when each value was taken, in milliseconds */
  update(chart: Chart, times: readonly number[]): void {
    setAttributes(this.#svg, { 'aria-label': describe(chart, times) })
    this.#draw = () => {
      if (this.#width > 0) this.#drawChart(chart, times)
    }
    this.#draw()
  }

  #drawChart({ kind, lines, format }: Chart, times: readonly number[]): void {
    const width = this.#width
    const now = times.at(-1) ?? 0
    const span = Math.min(Math.max(now - (times[0] ?? 0), MIN_SPAN_MS), HISTORY_MS)
    const curves = kind === 'layers' ? stack(lines.map(({ values }) => values)) : lines.map(({ values }) => values)
    const end = axisEnd(Math.max(0, ...curves.flat().filter(Number.isFinite)))
    const x = (i: number) => Math.round(10 * (width - ((now - (times[i] ?? 0)) / span) * (width - LEFT))) / 10
    const y = (value: number) => Math.round(10 * (HEIGHT - BOTTOM - (value / end) * (HEIGHT - BOTTOM - TOP))) / 10

    setAttributes(this.#svg, { viewBox: `0 0 ${width} ${HEIGHT}`, width: String(width), height: String(HEIGHT) })
    this.#drawGrid(width, y, end, format, span)
    this.#drawn = { lines, times, format, x, width, height: HEIGHT - BOTTOM }
    const shapes = lines.flatMap(({ tone, values }, i) => {
      const curve = curves[i] as readonly number[]
      const isKnown = (j: number) => !Number.isNaN(values[j])
      if (kind === 'lines') return [{ class: `line ${tone}`, d: linePath(curve, isKnown, x, y) }]
      const below = curves[i - 1] ?? curve.map(() => 0)
      return [{ class: `layer ${tone}`, d: areaPath(curve, below, isKnown, x, y) }]
    })
    sync(this.#shapes, shapes, () => svgElement('path'), setAttributes)
  }

  #drawGrid(
    width: number,
    y: (value: number) => number,
    end: number,
    format: (value: number) => string,
    span: number,
  ): void {
    const levels = [0, end / 2, end]
    const lines = levels.map((level) => `M${LEFT} ${y(level)}H${width}`).join('')
    const texts = [
      ...levels.map((level) => ({ text: format(level), x: LEFT - 8, y: y(level) + 4, anchor: 'end' })),
      { text: `${age(span)} ago`, x: LEFT, y: HEIGHT - 4, anchor: 'start' },
      { text: 'now', x: width, y: HEIGHT - 4, anchor: 'end' },
    ]
    setAttributes(this.#grid, { d: lines })
    sync(
      this.#scale,
      texts,
      () => svgElement('text'),
      (label, { text, x, y, anchor }) => {
        setAttributes(label, { x: String(x), y: String(y), 'text-anchor': anchor })
        setText(label, text)
      },
    )
  }
}

type Scale = (value: number) => number

/** A line with gaps where the values are not known. A value between two gaps is a dot. */
function linePath(values: readonly number[], isKnown: (i: number) => boolean, x: Scale, y: Scale): string {
  let path = ''
  for (const [i, value] of values.entries()) {
    if (!isKnown(i)) continue
    path += `${i > 0 && isKnown(i - 1) ? 'L' : 'M'}${x(i)} ${y(value)}`
    if (!(i > 0 && isKnown(i - 1)) && !isKnown(i + 1)) path += 'h0'
  }
  return path
}

function areaPath(
  values: readonly number[],
  below: readonly number[],
  isKnown: (i: number) => boolean,
  x: Scale,
  y: Scale,
): string {
  const known = [...values.keys()].filter(isKnown)
  if (known.length < 2) return ''
  const upper = known.map((i) => `${x(i)} ${y(values[i] as number)}`)
  const lower = known.map((i) => `${x(i)} ${y(below[i] as number)}`).reverse()
  return `M${[...upper, ...lower].join('L')}Z`
}

/** Describes the chart in words, for readers who do not see it. */
function describe({ title, lines, format }: Chart, times: readonly number[]): string {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0)
  const parts = lines.flatMap(({ name, values }) => {
    const known = values.filter(Number.isFinite)
    if (known.length === 0) return []
    const last = format(known.at(-1) as number)
    return `${name}: now ${last}, between ${format(Math.min(...known))} and ${format(Math.max(...known))}`
  })
  const summary = parts.length === 0 ? 'no values yet' : parts.join('; ')
  return `${title}, over the last ${age(span)}. ${summary}.`
}
