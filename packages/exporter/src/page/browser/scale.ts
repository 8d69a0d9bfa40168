/** Returns the end of an axis from 0 that has room for the value: 1, 2, 4, 6, 8 or 10 times a power of ten. */
export function axisEnd(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 4, 6, 8, 10].find((step) => value <= step * power * (1 + 1e-9)) ?? 10
  return step * power
}

/** Adds each layer to those below it. A value that is not known counts as 0. */
export function stack(layers: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const sums: number[][] = []
  for (const layer of layers) {
    const below = sums.at(-1)
    sums.push(layer.map((value, i) => (Number.isNaN(value) ? 0 : value) + (below?.[i] ?? 0)))
  }
  return sums
}
