import type { Families, Family, Labels } from './family.ts'

interface OpenHistogram {
  readonly labels: Labels
  readonly bounds: number[]
  readonly counts: number[]
  sum: number
  count: number
}

interface OpenFamily extends Family {
  help: string
  kind: string
  readonly samples: { labels: Labels; value: number }[]
  readonly histograms: OpenHistogram[]
  /** The histograms by the text of their labels. */
  readonly byLabels: Map<string, OpenHistogram>
}

/** The bound of a bucket where it is the last label, as this package writes it. */
const LAST_BOUND = /(?:^|,)le="([^"\\]*)"$/

const NO_LABELS: Labels = new Map()

/**
 * Reads Prometheus' text format 0.0.4, chunk by chunk as it arrives, so that a page of many series does not hold up the
 * tab. Lines that are not of the format are skipped.
 */
export class ExpositionParser {
  readonly #families = new Map<string, OpenFamily>()
  #current: OpenFamily | undefined
  #rest = ''

  push(chunk: string): void {
    const text = this.#rest + chunk
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#readLine(text.slice(start, end))
      start = end + 1
    }
    this.#rest = text.slice(start)
  }

  /** Returns the families, in the order of the text. A last line without an end is left out: it may be cut. */
  end(): Families {
    return this.#families
  }

  #readLine(line: string): void {
    if (line.startsWith('#')) this.#readComment(line)
    else if (line !== '') this.#readSample(line)
  }

  #readComment(line: string): void {
    const [, word, name = '', text = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/s.exec(line) ?? []
    if (word === undefined) return
    this.#current = this.#familyOf(name)
    if (word === 'HELP') this.#current.help = unescaped(text)
    else this.#current.kind = text
  }

  #readSample(line: string): void {
    // A value of a label may contain any character, but what follows the labels contains no brace.
    const open = line.indexOf('{')
    const close = open === -1 ? -1 : line.lastIndexOf('}')
    const nameEnd = open === -1 ? line.indexOf(' ') : open
    if (nameEnd <= 0 || (open !== -1 && close < open)) return
    const name = line.slice(0, nameEnd)
    const labels = open === -1 ? '' : line.slice(open + 1, close)
    const valueStart = open === -1 ? nameEnd + 1 : close + 2
    const valueEnd = line.indexOf(' ', valueStart)
    const value = numberOf(line.slice(valueStart, valueEnd === -1 ? undefined : valueEnd))
    const family = this.#current
    if (family?.kind === 'histogram' && name.startsWith(family.name)) {
      this.#addToHistogram(family, name.slice(family.name.length), labels, value)
    } else if (family?.kind === 'summary' && name !== family.name && name.startsWith(family.name)) {
      // Its quantiles are its series; the sum and the count beside them are not shown.
    } else {
      this.#familyOf(name).samples.push({ labels: parseLabels(labels), value })
    }
  }

  #addToHistogram(family: OpenFamily, suffix: string, text: string, value: number): void {
    if (suffix !== '_bucket') {
      const histogram = this.#histogramOf(family, text, () => parseLabels(text))
      if (suffix === '_sum') histogram.sum = value
      else if (suffix === '_count') histogram.count = value
      return
    }
    const last = LAST_BOUND.exec(text)
    if (last !== null) {
      const rest = text.slice(0, last.index)
      addBucket(
        this.#histogramOf(family, rest, () => parseLabels(rest)),
        last[1] ?? '',
        value,
      )
      return
    }
    const labels = new Map(parseLabels(text))
    const bound = labels.get('le') ?? ''
    labels.delete('le')
    addBucket(
      this.#histogramOf(family, labelsText(labels), () => labels),
      bound,
      value,
    )
  }

  #histogramOf(family: OpenFamily, text: string, labels: () => Labels): OpenHistogram {
    const known = family.byLabels.get(text)
    if (known !== undefined) return known
    const histogram: OpenHistogram = { labels: labels(), bounds: [], counts: [], sum: 0, count: 0 }
    family.byLabels.set(text, histogram)
    family.histograms.push(histogram)
    return histogram
  }

  #familyOf(name: string): OpenFamily {
    const known = this.#families.get(name)
    if (known !== undefined) return known
    const family = { name, help: '', kind: 'untyped', samples: [], histograms: [], byLabels: new Map() }
    this.#families.set(name, family)
    return family
  }
}

function addBucket({ bounds, counts }: OpenHistogram, bound: string, count: number): void {
  bounds.push(numberOf(bound))
  counts.push(count)
}

/** Parses what is between the braces: `a="x",b="y"`. */
function parseLabels(text: string): Labels {
  if (text === '') return NO_LABELS
  const labels = new Map<string, string>()
  for (let start = 0; start < text.length; ) {
    const equals = text.indexOf('="', start)
    if (equals === -1) break
    const end = closingQuote(text, equals + 2)
    labels.set(text.slice(start, equals).trim(), unescaped(text.slice(equals + 2, end)))
    start = text[end + 1] === ',' ? end + 2 : end + 1
  }
  return labels
}

/** Returns the index of the next quote that is not escaped, or the length of the text. */
function closingQuote(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '"') return i
  }
  return text.length
}

const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

const unescaped = (text: string) =>
  text.includes('\\') ? text.replace(/\\[n"\\]/g, (sequence) => ESCAPES[sequence] ?? sequence) : text

const labelsText = (labels: Labels) =>
  [...labels]
    .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === '\n' ? '\\n' : `\\${c}`))}"`)
    .join(',')

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))
