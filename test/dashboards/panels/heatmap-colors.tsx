import type { GrafanaTheme2 } from '@grafana/data'
import * as schemes from 'd3-scale-chromatic'

const SCHEMES = new Map(Object.entries(schemes)) as ReadonlyMap<string, unknown> as ReadonlyMap<
  string,
  (share: number) => string
>

/** Schemes that Grafana turns around on a dark background, so that it begins with the dark end. */
const TURNED_IN_DARK =
  /^(?:Oranges|Reds|Greens|Blues|Purples|Greys|BuGn|BuPu|GnBu|OrRd|PuBu|PuBuGn|PuRd|RdPu|YlGn|YlGnBu|YlOrBr|YlOrRd)$/

interface ColorOptions {
  readonly scheme?: string
  readonly steps?: number
  readonly reverse?: boolean
}

/** Returns the colours of a heatmap, from few to many, as Grafana has them. */
export function colorsOf(
  { scheme = 'Oranges', steps = 64, reverse = false }: ColorOptions = {},
  theme: GrafanaTheme2,
): string[] {
  const interpolate = SCHEMES.get(`interpolate${scheme}`)
  if (interpolate === undefined) throw new Error(`the heatmap's colour scheme is unknown: ${scheme}`)
  const colors = Array.from({ length: steps }, (_, i) => interpolate(i / (steps - 1)))
  const isTurned = TURNED_IN_DARK.test(scheme) && theme.isDark
  return isTurned !== reverse ? colors.reverse() : colors
}
