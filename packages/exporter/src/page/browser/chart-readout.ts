import { age } from '../../reading/format.ts'
import { element, setAttributes, setForeignText, setText, svgElement, sync } from './elements.ts'
import type { Line } from './panel.ts'

/** What a chart shows at one point, as drawn last. */
export interface DrawnChart {
  readonly lines: readonly Line[]
  readonly times: readonly number[]
  readonly format: (value: number) => string
  /** The place of each point. */
  readonly x: (i: number) => number
  readonly width: number
  readonly height: number
}

/**
 * Shows the values of a chart at the point that is nearest to the pointer. The tables have the present values, for
 * readers without a pointer.
 */
export class ChartReadout {
  readonly box = element('figcaption', { class: 'readout' })
  readonly cursor = svgElement('path', { class: 'cursor' })
  readonly #time = element('div')
  readonly #values = element('div')

  constructor(svg: SVGElement, drawn: () => DrawnChart | undefined) {
    this.box.append(this.#time, this.#values)
    this.box.hidden = true
    svg.addEventListener('pointermove', (event) => {
      const chart = drawn()
      if (chart !== undefined) this.#show(chart, event.clientX - svg.getBoundingClientRect().left)
    })
    svg.addEventListener('pointerleave', () => this.#hide())
  }

  #show({ lines, times, format, x, width, height }: DrawnChart, pointerX: number): void {
    const distance = (i: number) => Math.abs(x(i) - pointerX)
    const nearest = [...times.keys()].reduce((best, i) => (distance(i) < distance(best) ? i : best), 0)
    const known = lines.filter(({ values }) => Number.isFinite(values[nearest]))
    if (known.length === 0) {
      this.#hide()
      return
    }
    setAttributes(this.cursor, { d: `M${x(nearest)} 0V${height}` })
    setText(this.#time, `${age((times.at(-1) ?? 0) - (times[nearest] ?? 0))} ago`)
    sync(
      this.#values,
      known,
      () => element('div', {}, element('span'), element('span')),
      (line, { name, tone, values }) => {
        const [label, value] = line.children as unknown as [HTMLElement, HTMLElement]
        setAttributes(label, { class: `name tone ${tone}` })
        setForeignText(label, name)
        setText(value, format(values[nearest] as number))
      },
    )
    // It stands on the side where the pointer is not.
    this.box.classList.toggle('aside', x(nearest) > width / 2)
    this.box.hidden = false
  }

  #hide(): void {
    this.box.hidden = true
    setAttributes(this.cursor, { d: '' })
  }
}
