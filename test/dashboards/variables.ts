import type { Variable } from './dashboard.ts'

/** The time range of a picture. */
export interface TimeRange {
  readonly fromSeconds: number
  readonly toSeconds: number
  /** The interval between the points of a series. */
  readonly stepSeconds: number
  /** How often Prometheus scrapes: _Scrape interval_ in the settings of Grafana's data source. */
  readonly scrapeSeconds: number
}

export type Values = ReadonlyMap<string, string>

/** Returns the values that Grafana's own variables have in this time range. */
export function builtInValues({ fromSeconds, toSeconds, stepSeconds, scrapeSeconds }: TimeRange): Values {
  const rangeSeconds = Math.round(toSeconds - fromSeconds)
  // https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
  const rateSeconds = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds)
  return new Map(
    Object.entries({
      __interval: `${stepSeconds}s`,
      __interval_ms: `${stepSeconds * 1000}`,
      __rate_interval: `${rateSeconds}s`,
      __rate_interval_ms: `${rateSeconds * 1000}`,
      __range: `${rangeSeconds}s`,
      __range_s: `${rangeSeconds}`,
      __range_ms: `${rangeSeconds * 1000}`,
      __from: `${Math.round(fromSeconds * 1000)}`,
      __to: `${Math.round(toSeconds * 1000)}`,
    }),
  )
}

/** Returns the values of a dashboard's variables as it is opened, with “All” for each that offers it. */
export function initialValues(variables: readonly Variable[]): Values {
  return new Map(variables.map((variable) => [variable.name, initialValue(variable)]))
}

function initialValue({ type, includeAll, allValue, current, query }: Variable): string {
  // A query variable has no value before Grafana has asked for its values.
  if (includeAll || type === 'query') return allValue || '.+'
  const value = [current?.value ?? []].flat()
  if (value.length > 0) return value.join('|')
  return typeof query === 'string' ? (query.split(',')[0]?.trim() ?? '') : ''
}

/** `$name`, `${name}`, `${name:format}` and `[[name]]`. */
const VARIABLE = /\$(\w+)|\$\{(\w+)(?::\w+)?\}|\[\[(\w+)(?::\w+)?\]\]/g

/** @throws Error naming a variable that has no value */
export function replaceVariables(text: string, ...values: readonly Values[]): string {
  return text.replace(VARIABLE, (found, plain, braced, bracketed) => {
    const name: string = plain ?? braced ?? bracketed
    const value = values.find((some) => some.has(name))?.get(name)
    if (value === undefined) throw new Error(`the variable ${found} is not defined: ${text}`)
    return value
  })
}
