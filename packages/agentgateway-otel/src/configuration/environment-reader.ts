import type { Environment } from './configuration.ts'
import { quote } from './quote.ts'
import type { Variable } from './variable.ts'

/** What the environment has for a setting. */
export interface Reading<T> {
  readonly value: T
  /** The variable that it comes from; undefined when it is the default. */
  readonly name: string | undefined
}

/**
 * Reads settings from an environment, and collects what is wrong with them. As OpenTelemetry's specification requires,
 * an empty variable counts as unset, and a value that cannot be used is reported and ignored.
 */
export class EnvironmentReader {
  /** What is wrong with the environment and how it was resolved, a line for each problem. */
  readonly problems: string[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  read<T>(variable: Variable<T>): Reading<T> {
    const ignored: string[] = []
    const reading = this.#firstUsable(variable, ignored)
    for (const problem of ignored) this.problems.push(`${problem}; ${describeReading(variable, reading)}`)
    return reading
  }

  /** Whether one of the setting's variables has a value, usable or not. */
  isSet({ names }: Variable<unknown>): boolean {
    return names.some((name) => (this.#environment[name] ?? '').trim() !== '')
  }

  #firstUsable<T>(
    { names, parse, isSecret, isSwitch, maybeEmpty, ...variable }: Variable<T>,
    ignored: string[],
  ): Reading<T> {
    for (const name of names) {
      const text = this.#environment[name]?.trim()
      if (text === undefined || (text === '' && !maybeEmpty)) continue
      const parsed = parse(text)
      if (parsed !== undefined) {
        for (const problem of parsed.problems ?? []) this.problems.push(`${name} ${problem}`)
        return { value: parsed.value, name }
      }
      ignored.push(`${name}${isSecret ? '' : `=${quote(text)}`} is not ${variable.allowed}`)
      if (isSwitch) break
    }
    return { value: variable.defaultValue, name: undefined }
  }
}

/** Says what is used instead of a value that is not allowed. */
function describeReading<T>({ consequence }: Variable<T>, { value, name }: Reading<T>): string {
  if (name !== undefined) return `using ${name}`
  if (consequence !== undefined) return consequence
  return typeof value === 'object' || value === undefined ? 'it is ignored' : `using ${value}`
}
