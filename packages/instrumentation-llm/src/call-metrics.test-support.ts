import type { Exchange, ExchangeListener, Outcome } from '@agentgateway-otel/wire'
import type { Attributes } from '@opentelemetry/api'
import { type Histogram, MeterProvider } from '@opentelemetry/sdk-metrics'
import { MeterProvider as OwnMeterProvider } from '../../meter/src/index.ts'
import { collect, TestReader } from '../../meter/src/testing/reader.ts'
import { createCallMetrics } from './call-metrics.ts'

/** An exchange as `wire` would report it. Without `status`, no response came. */
export interface Script {
  readonly method?: string
  readonly target: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The request's body, sent as JSON unless it is a string; undefined if the request was not sent. */
  readonly request?: unknown
  readonly status?: number
  /** The response's content type. Default: `text/event-stream` for a string, `application/json` otherwise. */
  readonly contentType?: string
  readonly responseHeaders?: Readonly<Record<string, string>>
  /** The response's body, sent as JSON unless it is a string or bytes. */
  readonly body?: unknown
  /** The size of the chunks in both directions, in bytes. Default: one chunk. */
  readonly chunkBytes?: number
  /** How long the body stands still before each of its events, of which a string of the body has one in each line. */
  readonly secondsPerLine?: number
  readonly outcome?: Outcome
  readonly error?: Error
  readonly seconds?: number
  /** Whether the exchange begins in its caller's context. Default: false. */
  readonly isInCallerContext?: boolean
}

export interface Counted {
  readonly requests: readonly { labels: Attributes; value: number }[]
  readonly tokens: readonly { labels: Attributes; value: number }[]
  readonly durations: readonly { labels: Attributes; count: number; seconds: number }[]
}

/** Returns what a real MeterProvider collects for the three metrics after these exchanges. */
export async function count(...scripts: readonly Script[]): Promise<Counted> {
  const reader = new TestReader()
  const provider = new MeterProvider({ readers: [reader] })
  const callMetrics = createCallMetrics(provider.getMeter('test'))
  for (const script of scripts) play(callMetrics.observe, script)
  callMetrics.flush()
  const collected = await collect(reader)
  const points = (name: string) => collected[name] ?? []
  const values = (name: string) =>
    points(name).map((point) => ({ labels: point.attributes, value: point.value as number }))
  return {
    requests: values('agentgateway_llm_requests_total'),
    tokens: values('agentgateway_llm_tokens_total'),
    durations: points('agentgateway_llm_request_duration_seconds').map(({ attributes, value }) => {
      const { count, sum = Number.NaN } = value as Histogram
      return { labels: attributes, count, seconds: sum }
    }),
  }
}

/** Returns the tokens that were counted, by type: `input` and `output`. */
export async function countTokens(...scripts: readonly Script[]): Promise<Record<string, number>> {
  const { tokens } = await count(...scripts)
  return Object.fromEntries(tokens.map(({ labels, value }) => [labels.gen_ai_token_type, value]))
}

/**
 * Returns the parts of the tokens that were counted, by type, the time to the first token of each call, and the proxy's time per
 * output token, if the groups `genai` and `proxy` are asked for.
 */
export async function countMore(...scripts: readonly Script[]) {
  const reader = new TestReader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test')
  const callMetrics = createCallMetrics(meter, undefined, { metrics: ['genai', 'proxy'] }, () => nowMs)
  for (const script of scripts) play(callMetrics.observe, script)
  callMetrics.flush()
  const collected = await collect(reader)
  const details = collected.agentgateway_llm_token_details_total ?? []
  const firstTokens = collected.agentgateway_llm_time_to_first_token_seconds ?? []
  return {
    details: Object.fromEntries(details.map(({ attributes, value }) => [attributes.gen_ai_token_type, value])),
    firstTokens: firstTokens.map(toCountAndSum),
    timesPerToken: (collected.agentgateway_gen_ai_server_time_per_output_token ?? []).map(toCountAndSum),
  }
}

function toCountAndSum({ value }: { readonly value: unknown }) {
  const { count, sum } = value as Histogram
  return [count, sum]
}

/** Returns the ids of the spans that the durations of these exchanges have as exemplars, and the seconds that each took. */
export async function findExemplars(...scripts: readonly Script[]) {
  const reader = new TestReader()
  const provider = new OwnMeterProvider({ resource: { attributes: {} } as never, readers: [reader] })
  const callMetrics = createCallMetrics(provider.getMeter('test'))
  for (const script of scripts) play(callMetrics.observe, script)
  callMetrics.flush()
  const points = (await collect(reader)).agentgateway_llm_request_duration_seconds ?? []
  return points.flatMap(({ exemplars = [] }) =>
    exemplars.flatMap((exemplar) =>
      exemplar === undefined ? [] : [[exemplar.traceId, exemplar.spanId, exemplar.value]],
    ),
  )
}

/** Returns the labels of the one call that was counted. */
export async function countCall(script: Script): Promise<Attributes> {
  const { requests } = await count(script)
  if (requests.length !== 1 || requests[0]?.value !== 1) throw new Error(`counted: ${JSON.stringify(requests)}`)
  return requests[0].labels
}

/** The clock of all scripts, which run one after the other. */
let nowMs = 1000

function play(observe: (exchange: Exchange) => ExchangeListener | undefined, script: Script): void {
  const { request, status, body, outcome = 'complete', chunkBytes = Number.POSITIVE_INFINITY, headers = {} } = script
  const exchange = {
    side: 'client',
    method: script.method ?? 'POST',
    target: script.target,
    host: script.host ?? 'localhost:8080',
    header: (name: string) => headers[name],
    protocol: 'http',
    startMs: nowMs,
    endMs: Number.NaN,
    requestBytes: 0,
    responseBytes: 0,
    incoming: undefined,
    socket: undefined,
    isInCallerContext: script.isInCallerContext ?? false,
  } satisfies Exchange
  const listener = observe(exchange)
  if (listener === undefined) return

  const push = (bytes: Uint8Array, callback: (chunk: Uint8Array) => void) => {
    // A chunk is only lent, so it is overwritten after the call.
    for (let i = 0; i < bytes.length; i += chunkBytes) {
      const chunk = Uint8Array.from(bytes.subarray(i, i + chunkBytes))
      callback(chunk)
      chunk.fill(0xff)
    }
  }
  if (request !== undefined) {
    const bytes = encode(request)
    exchange.requestBytes = bytes.length
    push(bytes, (chunk) => listener.requestBody?.(chunk))
    listener.requestEnd?.()
  }
  if (status !== undefined) {
    const contentType = script.contentType ?? (typeof body === 'string' ? 'text/event-stream' : 'application/json')
    const fields: Readonly<Record<string, string>> = { 'content-type': contentType, ...script.responseHeaders }
    listener.response?.({ status, header: (name) => fields[name] })
    for (const part of script.secondsPerLine === undefined ? [body] : String(body).split(/(?<=\n)/)) {
      nowMs += (script.secondsPerLine ?? 0) * 1000
      if (part !== undefined) push(encode(part), (chunk) => listener.responseBody?.(chunk))
    }
  }
  nowMs += (script.seconds ?? 1) * 1000
  exchange.endMs = nowMs
  listener.end(outcome, script.error)
}

function encode(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}
