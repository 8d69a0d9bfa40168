import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

/** The requests that a client sends to an app. */
export interface Traffic {
  /** Returns the bytes of the request with this serial number. */
  request(serial: number): Buffer
  /** How many requests had to be sent before, to open a session. */
  readonly sentBefore: number
}

/** An app that is measured. */
export interface App {
  readonly name: string
  /** The app's name in headings. */
  readonly title: string
  /** The app's name at the head of a column. */
  readonly short: string
  readonly file: string
  /** Whether the app calls an LLM provider. */
  readonly callsProvider: boolean
  /** @param scale what the growth scenario varies: the number of distinct raw paths, or of events in a stream */
  traffic(port: number, scale?: number): Traffic | Promise<Traffic>
  /** Returns how many of the requests were counted by each metric of LLM or MCP traffic that counts every request. */
  countsOf?(families: Families): readonly number[]
}

const file = (name: string) => fileURLToPath(new URL(`./${name}.cjs`, import.meta.url))

/** The tokens that provider.ts reports in each response. */
const TOKENS_PER_CALL = 1500

/** Returns the bytes of an HTTP/1.1 request. */
function requestBytes(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** Returns a number of six digits, so that all requests and all responses have the same size. */
const sixDigits = (number: number) => String(100_000 + (number % 900_000))

/** Traffic in which every request is the same. */
const repeated = (request: Buffer): Traffic => ({ request: () => request, sentBefore: 0 })

const HELLO: App = {
  name: 'hello',
  title: 'node:http, hello world',
  short: 'node:http',
  file: file('hello'),
  callsProvider: false,
  traffic: (_port, paths) =>
    paths === undefined
      ? repeated(requestBytes('GET', '/hello'))
      : { request: (serial) => requestBytes('GET', `/things/${sixDigits(serial % paths)}`), sentBefore: 0 },
}

const ORDER = JSON.stringify({
  lines: Array.from({ length: 4 }, (_, i) => ({ sku: `sku-${i}`, price: 100 + i, count: i + 1 })),
})

const orderRequest = (serial: number) =>
  requestBytes('POST', `/shops/7/orders/${sixDigits(serial)}`, { 'Content-Type': 'application/json' }, ORDER)

const EXPRESS: App = {
  name: 'express',
  title: 'Express, JSON API',
  short: 'Express',
  file: file('express'),
  callsProvider: false,
  traffic: (_port, paths) =>
    paths === undefined
      ? repeated(orderRequest(0))
      : { request: (serial) => orderRequest(serial % paths), sentBefore: 0 },
}

const FASTIFY: App = {
  name: 'fastify',
  title: 'Fastify, JSON API',
  short: 'Fastify',
  file: file('fastify'),
  callsProvider: false,
  traffic: () => repeated(orderRequest(0)),
}

const MCP_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }
const MCP_VERSION = '2025-11-25'

/** Opens a session as a client does, and returns tool calls in it. */
async function mcpTraffic(port: number): Promise<Traffic> {
  const url = `http://127.0.0.1:${port}/mcp`
  const post = async (message: object, headers = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const response = await fetch(url, { method: 'POST', headers: { ...MCP_HEADERS, ...headers }, body })
    if (!response.ok) throw new Error(`the MCP server responded with ${response.status}: ${await response.text()}`)
    await response.text()
    return response
  }
  const clientInfo = { name: 'bench', version: '1.0.0' }
  const params = { protocolVersion: MCP_VERSION, capabilities: {}, clientInfo }
  const id = (await post({ id: 0, method: 'initialize', params })).headers.get('mcp-session-id') ?? ''
  const session = { 'Mcp-Session-Id': id, 'Mcp-Protocol-Version': MCP_VERSION }
  await post({ method: 'notifications/initialized' }, session)
  const headers = { ...MCP_HEADERS, ...session }
  const toolCall = (serial: number) =>
    `{"jsonrpc":"2.0","id":${sixDigits(serial)},"method":"tools/call","params":{"name":"weather","arguments":{}}}`
  return { request: (serial) => requestBytes('POST', '/mcp', headers, toolCall(serial)), sentBefore: 2 }
}

const MCP: App = {
  name: 'mcp',
  title: 'MCP, tools/call',
  short: 'MCP',
  file: file('mcp'),
  callsProvider: false,
  traffic: mcpTraffic,
  countsOf: (families) => [sumOf(families, METRICS.mcpRequests.name)],
}

const llmCounts = (families: Families) => [
  sumOf(families, METRICS.llmRequests.name, { usage: 'reported' }),
  sumOf(families, `${METRICS.llmRequestDuration.name}_count`),
  sumOf(families, METRICS.llmTokens.name) / TOKENS_PER_CALL,
]

/** An app that makes one LLM call for each request. */
const llmApp = (name: string, title: string, short: string): App => ({
  name,
  title,
  short,
  file: file(name),
  callsProvider: true,
  traffic: () => repeated(requestBytes('GET', '/call')),
  countsOf: llmCounts,
})

const LLM_JSON = llmApp('llm-json', 'LLM call with openai, 8 KB of JSON', 'LLM call')

const LLM_STREAM = llmApp('llm-stream', 'LLM stream with openai, 2,000 events', 'LLM stream')

const LLM_PASS_THROUGH: App = {
  ...llmApp('llm-pass-through', 'LLM stream passed through with fetch, 2,000 events', 'LLM pass-through'),
  traffic: (_port, events = 2000) => repeated(requestBytes('GET', `/${events}`)),
}

export const APPS = {
  hello: HELLO,
  express: EXPRESS,
  fastify: FASTIFY,
  mcp: MCP,
  'llm-json': LLM_JSON,
  'llm-stream': LLM_STREAM,
  'llm-pass-through': LLM_PASS_THROUGH,
} as const

export type AppName = keyof typeof APPS

export const APP_NAMES = Object.keys(APPS) as AppName[]
