/** A setting that the environment may have, in one or several variables. */
export interface Variable<T> {
  /** The variables, by precedence: the first one that is set to something usable decides. */
  readonly names: readonly [string, ...string[]]
  /** What may be written, as it stands after "is not": `a port from 0 to 65535`. */
  readonly allowed: string
  /** Returns what a text means, which is neither empty nor has space around it; undefined when it is not allowed. */
  readonly parse: (text: string) => Parsed<T> | undefined
  readonly defaultValue: T
  /** What comes of a value that is not allowed, where that is not plain. */
  readonly consequence?: string
  /** Whether messages must not show the value. */
  readonly isSecret?: boolean
  /**
   * Whether a value that is not allowed stands for the default, as the specification has it for switches. Other settings
   * go on to the next variable then.
   */
  readonly isSwitch?: boolean
  /** Whether the variable counts as set when it is empty. OpenTelemetry's own do not. */
  readonly maybeEmpty?: boolean
  readonly documentation: VariableDocumentation
}

/** What the documents say of a setting, in Markdown. */
interface VariableDocumentation {
  /** What the package does with it. */
  readonly effect: string
  /** The default, where the value does not say it. */
  readonly default?: string
  /** What OpenTelemetry's specification says of it, in short; undefined for variables that are not OpenTelemetry's. */
  readonly specification?: string
  /** Whether it is left out of the READMEs, which have what most users need. */
  readonly isRare?: boolean
}

/** The meaning of a text. */
export interface Parsed<T> {
  readonly value: T
  /** What is wrong with parts of it, a sentence for each problem; the variable's name is its subject. */
  readonly problems?: readonly string[]
}

/** What rows of the table are made from, besides what their kind says. */
type Row = Pick<Variable<unknown>, 'names'> &
  Partial<Pick<Variable<unknown>, 'isSecret' | 'maybeEmpty'>> &
  VariableDocumentation

/** Creates a setting from the fields of a row and those that its kind determines. */
export function variable<T>(
  { names, isSecret = false, maybeEmpty = false, ...documentation }: Row,
  kind: Pick<Variable<T>, 'allowed' | 'parse' | 'defaultValue' | 'consequence' | 'isSwitch'>,
): Variable<T> {
  return { names, isSecret, maybeEmpty, documentation, ...kind }
}

/** A switch. As OpenTelemetry's specification requires, `true` and `false` in any case are all that may be written. */
export const boolean = (row: Row, defaultValue = false): Variable<boolean> =>
  variable(row, {
    allowed: 'true or false',
    defaultValue,
    isSwitch: true,
    parse: (text) => (/^(?:true|false)$/i.test(text) ? { value: text.toLowerCase() === 'true' } : undefined),
  })

/** A whole number within bounds. @param what it is, as it stands before "from 1 to 1000": `a number of seconds` */
export const integer = (
  row: Row,
  { what, min, max, defaultValue }: { what: string; min: number; max: number; defaultValue: number },
): Variable<number> =>
  variable(row, {
    allowed: `${what} from ${min} to ${max}`,
    defaultValue,
    parse(text) {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? { value } : undefined
    },
  })

/** One of some values, in any case. */
export const choice = <const V extends string>(row: Row, values: readonly V[], defaultValue: V): Variable<V> =>
  variable(row, {
    allowed: `one of ${values.join(', ')}`,
    defaultValue,
    parse(text) {
      const value = values.find((known) => known === text.toLowerCase())
      return value === undefined ? undefined : { value }
    },
  })

/** A text that may be anything up to a length. */
export const text = (
  row: Row,
  { what, maxLength }: { what: string; maxLength: number },
): Variable<string | undefined> =>
  variable(row, {
    allowed: `${what} of up to ${maxLength} characters`,
    defaultValue: undefined,
    parse: (value) => (value.length <= maxLength ? { value } : undefined),
  })

/** The path of a file. The content of one, which may be secret, is a likely mistake. */
export const path = (row: Row): Variable<string | undefined> =>
  variable(row, {
    allowed: 'the path of a file',
    defaultValue: undefined,
    parse: (value) => (value.length <= 4096 && !/^-----BEGIN|\n/.test(value) ? { value } : undefined),
  })

/** Returns the items of a list that is separated by commas, without empty ones. */
export const itemsOf = (list: string, separator = ','): string[] =>
  list
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '')
