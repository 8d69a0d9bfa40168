import type { Exchange, ExchangeListener, Outcome } from '@agentgateway-otel/wire'
import type { Attributes } from '@opentelemetry/api'
import { type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { countCalls } from './call-metrics.ts'

/** A call as the wire would see it. Without `status`, no response came. */
export interface Script {
  readonly method?: string
  readonly target: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON unless it is a string; undefined where the request was not sent. */
  readonly request?: unknown
  readonly status?: number
  /** Of the response. Default: `text/event-stream` for a string, `application/json` otherwise. */
  readonly contentType?: string
  readonly answerHeaders?: Readonly<Record<string, string>>
  /** JSON unless it is a string or bytes. */
  readonly body?: unknown
  /** How many bytes come at a time, in both directions. Default: all. */
  readonly piece?: number
  readonly outcome?: Outcome
  readonly error?: Error
  readonly seconds?: number
}

export interface Counted {
  readonly requests: readonly { labels: Attributes; value: number }[]
  readonly tokens: readonly { labels: Attributes; value: number }[]
  readonly durations: readonly { labels: Attributes; count: number; seconds: number }[]
}

/** What the three metrics say after these calls, by a real MeterProvider. */
export async function count(...scripts: readonly Script[]): Promise<Counted> {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  const calls = countCalls(provider.getMeter('test'))
  for (const script of scripts) play(calls.observe, script)
  calls.flush()
  const { resourceMetrics } = await reader.collect()
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  const points = (name: string) => metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? []
  const values = (name: string) => points(name).map((p) => ({ labels: p.attributes, value: p.value as number }))
  return {
    requests: values('agentgateway_llm_requests_total'),
    tokens: values('agentgateway_llm_tokens_total'),
    durations: points('agentgateway_llm_request_duration_seconds').map(({ attributes, value }) => {
      const { count, sum = Number.NaN } = value as Histogram
      return { labels: attributes, count, seconds: sum }
    }),
  }
}

/** The tokens of a call, `input` and `output`, as far as they were counted. */
export async function tokensOf(...scripts: readonly Script[]): Promise<Record<string, number>> {
  const { tokens } = await count(...scripts)
  return Object.fromEntries(tokens.map(({ labels, value }) => [labels.gen_ai_token_type, value]))
}

/** The one request that was counted: its labels. */
export async function requestOf(script: Script): Promise<Attributes> {
  const { requests } = await count(script)
  if (requests.length !== 1 || requests[0]?.value !== 1) throw new Error(`counted: ${JSON.stringify(requests)}`)
  return requests[0].labels
}

/** Calls come one after the other. */
let nowMs = 1000

function play(ask: (exchange: Exchange) => ExchangeListener | undefined, script: Script): void {
  const { request, status, body, outcome = 'complete', piece = Number.POSITIVE_INFINITY, headers = {} } = script
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
  } satisfies Exchange
  const listener = ask(exchange)
  if (listener === undefined) return

  const push = (bytes: Uint8Array, to: ((chunk: Uint8Array) => void) | undefined) => {
    // Lent: who keeps a chunk finds it overwritten.
    for (let i = 0; i < bytes.length; i += piece) {
      const chunk = Uint8Array.from(bytes.subarray(i, i + piece))
      to?.(chunk)
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
    const fields: Readonly<Record<string, string>> = { 'content-type': contentType, ...script.answerHeaders }
    listener.response?.({ status, header: (name) => fields[name] })
    if (body !== undefined) push(encode(body), (chunk) => listener.responseBody?.(chunk))
  }
  nowMs += (script.seconds ?? 1) * 1000
  exchange.endMs = nowMs
  listener.end(outcome, script.error)
}

function encode(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}

class Reader extends MetricReader {
  protected async onShutdown(): Promise<void> {}
  protected async onForceFlush(): Promise<void> {}
}
