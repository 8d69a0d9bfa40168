const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g

/**
 * Returns the values of the samples of an exposition in either format, by their series. `_created`, which only one of the
 * libraries writes, is left out.
 *
 * @throws Error that quotes a line that is no sample, or is the second one of its series
 */
export function samplesOf(exposition: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`this line is no sample: ${line}`)
    if (name.endsWith('_created')) continue
    const series = `${name}{${[...labels.matchAll(LABEL)].map(labelOf).sort().join()}}`
    if (samples.has(series)) throw new Error(`this line is the second sample of its series: ${line}`)
    samples.set(series, Number(value))
  }
  return samples
}

/** The same bound of a bucket may be `1` or, as OpenMetrics prescribes, `1.0`. */
const labelOf = ([, label, value]: RegExpMatchArray) =>
  label === 'le' && value !== '+Inf' ? `le="${Number(value)}"` : `${label}="${value}"`
