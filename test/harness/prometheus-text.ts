/** A sample as written: `name{labels} value`. */
export interface Sample {
  /** With the suffix that a histogram's parts have (`_bucket`, `_sum`, `_count`). */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: readonly Sample[]
}

export type Families = ReadonlyMap<string, Family>

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  untyped: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) (.*)$`, 's')
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, 's')
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y

/**
 * Parses Prometheus' text format 0.0.4, strictly: each family once, with HELP and TYPE before its samples, each series
 * once, no timestamps, histograms whose buckets are cumulative and agree with their count.
 *
 * @throws Error that quotes the wrong line
 */
export function parsePrometheusText(text: string): Families {
  const families = new Map<string, Family & { samples: Sample[] }>()
  const series = new Set<string>()
  let help: RegExpExecArray | null = null
  let family: (Family & { samples: Sample[] }) | undefined
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no line feed')

  for (const line of text.split('\n').slice(0, -1)) {
    const fail = (what: string): never => {
      throw new Error(`${what}: ${line}`)
    }
    if (line.startsWith('# HELP ')) {
      help = HELP.exec(line) ?? fail('malformed HELP')
      family = undefined
    } else if (line.startsWith('# TYPE ')) {
      const [, name, type] = (TYPE.exec(line) ?? fail('malformed TYPE')) as unknown as [string, string, string]
      if (help?.[1] !== name) fail('TYPE without its HELP before it')
      if (families.has(name)) fail('a second family of the same name')
      family = { name, type, help: unescaped(help?.[2] as string), samples: [] }
      families.set(name, family)
    } else if (line !== '' && !line.startsWith('#')) {
      const sample = parseSample(line) ?? fail('malformed sample')
      if (family === undefined) return fail('a sample without TYPE')
      if (!SUFFIXES[family.type]?.some((suffix) => sample.name === family?.name + suffix)) fail('not of this family')
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
      if (series.has(key)) fail('a second sample of the same series')
      series.add(key)
      family.samples.push(sample)
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkHistogram(family.name, family.samples)
  return families
}

/** The sum of the samples of this name that have at least these labels; 0 if there are none. */
export function sumOf(families: Families, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  return (family?.samples ?? [])
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

/** Undoes the escapes of a label's value or of HELP. */
export const unescaped = (text: string) =>
  text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character))

/** @returns undefined where the line is malformed. */
export function parseSample(line: string): Sample | undefined {
  const [, name, labelText = '', valueText] = (SAMPLE.exec(line) ?? []) as string[]
  if (name === undefined || valueText === undefined) return undefined
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < labelText.length; at = LABEL.lastIndex) {
    const [, label, value] = (LABEL.exec(labelText) ?? []) as string[]
    if (label === undefined || value === undefined || Object.hasOwn(labels, label)) return undefined
    labels[label] = unescaped(value)
  }
  const value = valueText === 'NaN' ? Number.NaN : Number(valueText.replace(/^([+-])Inf$/, '$1Infinity'))
  return Number.isNaN(value) && valueText !== 'NaN' ? undefined : { name, labels, value }
}

/** @throws Error when buckets are not cumulative, or do not agree with the count */
export function checkHistogram(name: string, samples: readonly Sample[]): void {
  const last = new Map<string, { le: number; value: number }>()
  for (const sample of samples) {
    const { le, ...labels } = sample.labels
    const key = JSON.stringify(Object.entries(labels).sort())
    const previous = last.get(key) ?? { le: Number.NEGATIVE_INFINITY, value: 0 }
    if (sample.name === `${name}_bucket`) {
      const bound = Number(le?.replace('+Inf', 'Infinity'))
      if (!(bound > previous.le && sample.value >= previous.value)) throw new Error(`${name}${key}: bucket le=${le}`)
      last.set(key, { le: bound, value: sample.value })
    }
  }
  for (const sample of samples) {
    if (sample.name !== `${name}_count`) continue
    const key = JSON.stringify(Object.entries(sample.labels).sort())
    const { le, value } = last.get(key) ?? {}
    if (le !== Number.POSITIVE_INFINITY || value !== sample.value) throw new Error(`${name}${key}: count is not +Inf's`)
  }
}
