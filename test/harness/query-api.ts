import { until } from './until.ts'

/** An element of an instant vector. */
export interface VectorSample {
  /** With `__name__`, where the expression keeps it. */
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

interface StoredExemplar {
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
  readonly timestamp: number
}

/** The query API of Prometheus, which VictoriaMetrics has too. */
export interface QueryApi {
  /**
   * Evaluates a PromQL expression that gives an instant vector.
   *
   * @throws Error with the server's message about an expression that it does not accept
   */
  query(promql: string): Promise<VectorSample[]>
  /**
   * Returns the exemplars of series that this selects, of the last hour.
   *
   * @throws Error where the server stores none
   */
  exemplars(selector: string): Promise<StoredExemplar[]>
  /** Evaluates the expression until its result is as wanted, and returns the result. */
  queryUntil(promql: string, holds: (samples: VectorSample[]) => boolean): Promise<VectorSample[]>
}

/** @param url the server's, without a path */
export function createQueryApi(url: string): QueryApi {
  async function query(promql: string): Promise<VectorSample[]> {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: promql }),
    })
    const result = (await response.json()) as QueryResult
    if (result.status !== 'success') throw new Error(`${promql}: ${result.error}`)
    if (result.data.resultType !== 'vector')
      throw new Error(`${promql} gives a ${result.data.resultType}, not a vector`)
    return result.data.result.map(({ metric, value: [, text] }) => ({ metric, value: numberOf(text) }))
  }

  async function queryUntil(promql: string, holds: (samples: VectorSample[]) => boolean): Promise<VectorSample[]> {
    let last: VectorSample[] = []
    return until(
      async () => {
        last = await query(promql)
        return holds(last) ? last : undefined
      },
      () => `${promql} gives ${JSON.stringify(last)}`,
      100,
    )
  }

  async function exemplars(selector: string): Promise<StoredExemplar[]> {
    const nowSeconds = Date.now() / 1000
    const times = { start: String(nowSeconds - 3600), end: String(nowSeconds + 60) }
    const response = await fetch(`${url}/api/v1/query_exemplars`, {
      method: 'POST',
      body: new URLSearchParams({ query: selector, ...times }),
    })
    const result = (await response.json()) as ExemplarResult
    if (result.status !== 'success') throw new Error(`${selector}: ${result.error}`)
    return result.data.flatMap(({ exemplars }) =>
      exemplars.map(({ value, ...exemplar }) => ({ ...exemplar, value: numberOf(value) })),
    )
  }

  return { query, queryUntil, exemplars }
}

type QueryResult =
  | { status: 'error'; error: string }
  | {
      status: 'success'
      data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] }
    }

type ExemplarResult =
  | { status: 'error'; error: string }
  | { status: 'success'; data: { exemplars: (Omit<StoredExemplar, 'value'> & { value: string })[] }[] }

const numberOf = (text: string) => Number(text.replace('Inf', 'Infinity'))
