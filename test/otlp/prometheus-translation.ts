/**
 * The rules by which receivers make Prometheus' names of OpenTelemetry's, in words of this project: those of Prometheus'
 * own OTLP receiver, and of the collector's exporters `prometheus` and `prometheusremotewrite`, which use the same library:
 * github.com/prometheus/otlptranslator at 51da77392288 (July 2026; metric_namer.go, unit_namer.go, label_namer.go).
 *
 * That receiver is built out of Debian's Prometheus, so that it cannot be run here.
 *
 * @module
 */

export const STRATEGIES = {
  /** The default. */
  UnderscoreEscapingWithSuffixes: { escapes: true, addsSuffixes: true },
  NoUTF8EscapingWithSuffixes: { escapes: false, addsSuffixes: true },
  UnderscoreEscapingWithoutSuffixes: { escapes: true, addsSuffixes: false },
  NoTranslation: { escapes: false, addsSuffixes: false },
} as const

export type Strategy = keyof typeof STRATEGIES

export interface OtlpName {
  readonly name: string
  /** In UCUM notation. */
  readonly unit: string
  readonly kind: 'monotonic sum' | 'sum' | 'gauge' | 'histogram'
}

/** What a unit is called; others keep their own names. */
const UNITS: Readonly<Record<string, string>> = {
  ...{ d: 'days', h: 'hours', min: 'minutes', s: 'seconds', ms: 'milliseconds', us: 'microseconds', ns: 'nanoseconds' },
  ...{ By: 'bytes', KiBy: 'kibibytes', MiBy: 'mebibytes', GiBy: 'gibibytes', TiBy: 'tibibytes' },
  ...{ KBy: 'kilobytes', MBy: 'megabytes', GBy: 'gigabytes', TBy: 'terabytes' },
  ...{ m: 'meters', V: 'volts', A: 'amperes', J: 'joules', W: 'watts', g: 'grams' },
  ...{ Cel: 'celsius', Hz: 'hertz', '1': '', '%': 'percent' },
}

/** What a unit is called after "per". */
const PER_UNITS: Readonly<Record<string, string>> = {
  ...{ s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', mo: 'month', y: 'year' },
}

/** Returns the name under which Prometheus stores the metric, without what it adds for the parts of a histogram. */
export function translatedName({ name, unit, kind }: OtlpName, strategy: Strategy): string {
  const { escapes, addsSuffixes } = STRATEGIES[strategy]
  // Without suffixes, underscores stay as they are.
  if (!addsSuffixes) return escapes ? withoutLeadingDigit(partsOf(name, /[^\w:]+/).join('_')) : name

  const { main, per } = suffixesOf(unit)
  /** What comes last, whether the name has it already or not. */
  const last = [kind === 'monotonic sum' && 'total', kind === 'gauge' && unit === '1' && 'ratio'].filter(
    (suffix) => suffix !== false,
  )
  if (!escapes) {
    const bare = [...last, per].reduce(withoutSuffix, name)
    return [bare, bare.endsWith(main) ? '' : main, per, ...last].filter((part) => part !== '').join('_')
  }
  const parts = partsOf(name, /[^a-zA-Z0-9:]+/)
  // A unit that is anywhere in the name is not added again.
  const added = [main, per].map(escapedUnit).filter((suffix) => suffix !== '' && !parts.includes(suffix))
  return withoutLeadingDigit(
    [...[...parts, ...added].filter((part) => !(last as readonly string[]).includes(part)), ...last].join('_'),
  )
}

/** Returns the name of the label that Prometheus makes of an attribute's. */
export function translatedLabel(name: string, strategy: Strategy): string {
  if (!STRATEGIES[strategy].escapes) return name
  const [, reserved] = /^__(.*)__$/.exec(name) ?? []
  const escaped = (reserved ?? name).replace(/[^a-zA-Z0-9]+/g, '_')
  if (reserved !== undefined) return `__${escaped}__`
  return /^\d/.test(escaped) ? `key_${escaped}` : escaped
}

function suffixesOf(unit: string): { readonly main: string; readonly per: string } {
  const [main = '', ...rest] = unit.split('/')
  const [over, under] = [main, rest.join('/')].map((part) => part.trim()) as [string, string]
  // What is in braces is an annotation, and says what is counted.
  const isUnit = (part: string) => part !== '' && !/[{}]/.test(part)
  return {
    main: isUnit(over) ? (UNITS[over] ?? over) : '',
    per: isUnit(under) ? `per_${PER_UNITS[under] ?? under}` : '',
  }
}

const partsOf = (name: string, separators: RegExp) => name.split(separators).filter((part) => part !== '')

const escapedUnit = (suffix: string) => suffix.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_|_$/g, '')

const withoutLeadingDigit = (name: string) => (/^\d/.test(name) ? `_${name}` : name)

/** Takes the suffix away, and the character before it. */
const withoutSuffix = (name: string, suffix: string) =>
  suffix !== '' && name.endsWith(suffix) && name.length > suffix.length + 1 ? name.slice(0, -(suffix.length + 1)) : name
