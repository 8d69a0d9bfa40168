import { checkHistogram, parseSample, type Sample, unescaped } from './prometheus-text.ts'

/** A metric family of OpenMetrics. */
interface OpenMetricsFamily {
  /** Without the `_total` of counters. */
  readonly name: string
  readonly type: string
  /** Empty where there is none. */
  readonly unit: string
  readonly help: string
  readonly samples: readonly OpenMetricsSample[]
}

interface OpenMetricsSample extends Sample {
  readonly exemplar?: { readonly labels: Sample['labels']; readonly value: number; readonly timestamp: number }
}

interface Building {
  readonly name: string
  type: string
  unit: string
  help: string
  readonly samples: OpenMetricsSample[]
}

type Meta = readonly [line: string, keyword: string, name: string, value: string]

/** Throws an Error that quotes the line. */
type Fail = (what: string) => never

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  unknown: [''],
}
const META = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s
const EXEMPLAR = /^(.*) # \{(.*)\} (\S+) (\S+)$/s
/** How long the names and values of an exemplar's labels may be together, in characters. */
const EXEMPLAR_LENGTH = 128
/** A number as Go's `strconv` and the specification's ABNF have it. */
const BOUND = /^(?:-?\d+\.\d+|-?\d(?:\.\d+)?e[+-]\d\d+|\+Inf)$/

/**
 * Parses OpenMetrics 1.0.0 strictly: as far as this project writes it, whatever the specification forbids is an error.
 *
 * @throws Error that quotes the wrong line
 */
export function parseOpenMetrics(text: string): ReadonlyMap<string, OpenMetricsFamily> {
  if (!text.endsWith('# EOF\n')) throw new Error(`no # EOF at the end: ${text.slice(-80)}`)
  const families = new Map<string, Building>()
  const series = new Set<string>()
  const taken = new Map<string, string>()
  let family: Building | undefined

  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const fail: Fail = (what) => {
      throw new Error(`${what}: ${line}`)
    }
    if (line.startsWith('#')) {
      const [, keyword, name, value] = (META.exec(line) ?? fail('malformed metadata')) as unknown as Meta
      const current: Building = family?.name === name ? family : startFamily(name, families, fail)
      if (current.samples.length > 0) fail('metadata after samples')
      setMetadata(current, keyword, value, fail)
      family = current
      continue
    }
    const sample = parseLine(line) ?? fail('malformed sample')
    if (family === undefined) return fail('a sample without TYPE')
    const { name, type } = family
    const suffix = SUFFIXES[type]?.find((ending) => sample.name === name + ending) ?? fail('not of this family')
    if ((taken.get(sample.name) ?? name) !== name) fail('a sample name of two families')
    taken.set(sample.name, name)
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).sort()])
    if (series.has(key)) fail('a second sample of the same series')
    series.add(key)
    if (suffix !== '' && suffix !== '_created' && !(sample.value >= 0)) fail('negative or NaN')
    if (suffix === '_bucket' && !BOUND.test(sample.labels.le ?? '')) fail('not a canonical bound')
    if (sample.exemplar !== undefined && suffix !== '_bucket' && suffix !== '_total') fail('an exemplar here')
    family.samples.push(sample)
  }
  for (const [name, { type, samples }] of families) {
    if (taken.has(name) && taken.get(name) !== name) throw new Error(`${name} is a family and a sample of another one`)
    checkGroups(name, samples)
    if (type === 'histogram') checkHistogram(name, samples)
    if (type === 'histogram') checkSums(name, samples)
  }
  return families
}

function startFamily(name: string, families: Map<string, Building>, fail: Fail): Building {
  if (families.has(name)) fail('a second family of the same name')
  const family: Building = { name, type: 'unknown', unit: '', help: '', samples: [] }
  families.set(name, family)
  return family
}

function setMetadata(family: Building, keyword: string, value: string, fail: Fail): void {
  if (keyword === 'TYPE') {
    if (SUFFIXES[value] === undefined) fail('unknown type')
    family.type = value
  } else if (keyword === 'UNIT') {
    if (value !== '' && !family.name.endsWith(`_${value}`)) fail('the unit is not the suffix of the name')
    family.unit = value
  } else {
    if (/(?:^|[^\\])(?:\\\\)*"/.test(value)) fail('a quote that is not escaped')
    family.help = unescaped(value)
  }
}

function parseLine(line: string): OpenMetricsSample | undefined {
  const plain = parseSample(line)
  const [, before, labels, value, timestamp] = EXEMPLAR.exec(line) ?? []
  if (plain !== undefined || before === undefined) return plain
  const sample = parseSample(before)
  if (sample === undefined) return undefined
  const exemplar = parseSample(`exemplar{${labels}} ${value}`)
  if (exemplar === undefined || !(Number(timestamp) > 0)) return undefined
  if ([...Object.entries(exemplar.labels).flat().join('')].length > EXEMPLAR_LENGTH) return undefined
  return { ...sample, exemplar: { labels: exemplar.labels, value: exemplar.value, timestamp: Number(timestamp) } }
}

const groupOf = ({ labels: { le: _, ...labels } }: Sample) => JSON.stringify(Object.entries(labels).sort())

/** The samples of one label set must follow each other. */
function checkGroups(name: string, samples: readonly Sample[]): void {
  const seen = new Set<string>()
  let last: string | undefined
  for (const sample of samples) {
    const group = groupOf(sample)
    if (group !== last && seen.has(group)) throw new Error(`${name}${group} is interleaved with others`)
    seen.add(group)
    last = group
  }
}

/** A histogram has a bucket +Inf, both a sum and a count or neither, and no sum where a bound is negative. */
function checkSums(name: string, samples: readonly Sample[]): void {
  const has = (suffix: string) =>
    new Set(samples.filter((sample) => sample.name === name + suffix).map((sample) => groupOf(sample)))
  const [sums, counts] = [has('_sum'), has('_count')]
  const infinite = new Set(samples.filter(({ labels }) => labels.le === '+Inf').map((sample) => groupOf(sample)))
  for (const sample of samples)
    if (!infinite.has(groupOf(sample))) throw new Error(`${name}${groupOf(sample)} has no +Inf`)
  for (const group of new Set([...sums, ...counts])) {
    if (!sums.has(group) || !counts.has(group)) throw new Error(`${name}${group} has a sum or a count, not both`)
  }
  for (const sample of samples) {
    if (sample.name === `${name}_bucket` && Number(sample.labels.le) < 0 && sums.has(groupOf(sample)))
      throw new Error(`${name}${groupOf(sample)} has a negative bound and a sum`)
  }
}
