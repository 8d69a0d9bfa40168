const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g

/**
 * Returns the values of all samples of an exposition, in either format, by their names and sorted labels. `_created`, which
 * only one of the libraries writes, is left out.
 *
 * @throws Error that quotes a line that is no sample, or a second sample of a series
 */
export function samplesOf(exposition: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`no sample: ${line}`)
    if (name.endsWith('_created')) continue
    const series = `${name}{${[...labels.matchAll(LABEL)].map(([, label, text]) => `${label}="${text}"`).sort()}}`
    if (samples.has(series)) throw new Error(`a second sample of one series: ${line}`)
    samples.set(series, Number(value))
  }
  return samples
}
