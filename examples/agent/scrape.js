/**
 * @typedef {object} Metric
 * @property {string} name
 * @property {string} kind counter, gauge or histogram
 * @property {string} help
 * @property {ScrapedSeries[]} series
 *
 * @typedef {object} ScrapedSeries
 * @property {Readonly<Record<string, string>>} labels
 * @property {number} value a histogram's count
 * @property {number} [sum] a histogram's sum
 */

/**
 * Scrapes as Prometheus does, and keeps only the count and the sum of a histogram.
 *
 * @param {string} url
 */
export async function scrape(url) {
  const response = await fetch(url)
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return parse(text)
}

/** @param {string} text in Prometheus' text format */
function parse(text) {
  /** @type {Map<string, Metric>} */
  const metrics = new Map()
  for (const [, name = '', help = ''] of text.matchAll(/^# HELP (\S+) (.*)$/gm)) {
    metrics.set(name, { name, kind: '', help, series: [] })
  }
  for (const [, name = '', kind = ''] of text.matchAll(/^# TYPE (\S+) (.*)$/gm)) {
    const metric = metrics.get(name)
    if (metric) metric.kind = kind
  }
  /** The value of each sample, by its name and labels as written. */
  const samples = new Map(
    Array.from(text.matchAll(/^([^#].*) (\S+)$/gm), ([, series = '', value]) => [series, Number(value)]),
  )
  for (const [sample, value] of samples) {
    const [, name = '', labelText = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(sample) ?? []
    const labels = parseLabels(labelText)
    metrics.get(name)?.series.push({ labels, value })
    const histogram = metrics.get(name.replace(/_count$/, ''))
    if (histogram?.kind !== 'histogram' || histogram.name === name) continue
    histogram.series.push({ labels, value, sum: samples.get(sample.replace(name, `${histogram.name}_sum`)) ?? 0 })
  }
  return metrics
}

/** @param {string} text */
function parseLabels(text) {
  const labels = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return Object.fromEntries(
    labels.map(([, name, value = '']) => [name, value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))]),
  )
}
