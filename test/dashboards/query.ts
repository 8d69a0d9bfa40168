import type { Query, QueryResult, ResultSeries } from './drawing.ts'
import type { TimeRange } from './variables.ts'

type Response =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success'
      readonly data: {
        readonly resultType: string
        readonly result: readonly (ResultSeries & { readonly value?: readonly [number, string] })[]
      }
    }

/**
 * Asks Prometheus for the result of a panel's query, whose variables have been replaced: at the end of the time range for an instant
 * query, else over the whole of it.
 *
 * @param url the server's
 * @throws Error with the server's message about a query that it does not accept
 */
export async function ask(url: string, query: Query, range: TimeRange): Promise<QueryResult> {
  const { refId = 'A', expr = '', legendFormat = '', format = 'time_series' } = query
  const isInstant = query.instant === true && query.range !== true
  const { fromSeconds, toSeconds, stepSeconds } = range
  const times = isInstant
    ? { time: `${toSeconds}` }
    : { start: `${fromSeconds}`, end: `${toSeconds}`, step: `${stepSeconds}` }
  const response = await fetch(`${url}/api/v1/${isInstant ? 'query' : 'query_range'}`, {
    method: 'POST',
    body: new URLSearchParams({ query: expr, ...times }),
  })
  const body = (await response.json()) as Response
  if (body.status === 'error') throw new Error(`${expr}: ${body.error}`)
  const { resultType, result } = body.data
  if (resultType !== 'matrix' && resultType !== 'vector') throw new Error(`${expr} gives a ${resultType}`)
  const series = result.map(({ metric, values, value }) => ({ metric, values: value === undefined ? values : [value] }))
  return { refId, legendFormat, format, isInstant, series }
}
