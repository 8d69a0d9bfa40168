import { fileURLToPath } from 'node:url'
import { METRICS } from '@agentgateway-otel/metrics'
import { type Families, sumOf } from '../../harness/prometheus-text.ts'

/** The requests of a client to an app. */
export interface Traffic {
  request(serial: number): Buffer
  /** The number of requests that the client sent before, such as those that begin a session. */
  readonly sent: number
}

/** An app under measurement. */
export interface App {
  readonly name: string
  /** The names in the tables: in full, and as the head of a column. */
  readonly title: string
  readonly short: string
  readonly file: string
  /** Whether the app makes calls to an LLM provider. */
  readonly asksProvider: boolean
  /** @param variety the number that the growth scenario varies: of distinct raw paths, or of events in a stream */
  traffic(port: number, variety?: number): Traffic | Promise<Traffic>
  /** For variants that count more than HTTP: the requests that are in each further metric. */
  counted?(families: Families): readonly number[]
}

const file = (name: string) => fileURLToPath(new URL(`./${name}.cjs`, import.meta.url))

export const PROVIDER = file('provider')

/** The usage in each response of apps/provider.cjs. */
const TOKENS = 1500

function bytes(method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = ''): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: localhost']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

/** A number as six digits, so that all requests and all responses have the same size. */
const six = (number: number) => String(100_000 + (number % 900_000))

const always = (request: Buffer): Traffic => ({ request: () => request, sent: 0 })

const HELLO: App = {
  name: 'hello',
  title: 'node:http, hello world',
  short: 'node:http',
  file: file('hello'),
  asksProvider: false,
  traffic: (_port, paths) =>
    paths === undefined
      ? always(bytes('GET', '/hello'))
      : { request: (serial) => bytes('GET', `/things/${six(serial % paths)}`), sent: 0 },
}

const ORDER = JSON.stringify({
  lines: Array.from({ length: 4 }, (_, i) => ({ sku: `sku-${i}`, price: 100 + i, count: i + 1 })),
})

const order = (serial: number) =>
  bytes('POST', `/shops/7/orders/${six(serial)}`, { 'Content-Type': 'application/json' }, ORDER)

const EXPRESS: App = {
  name: 'express',
  title: 'Express, JSON API',
  short: 'Express',
  file: file('express'),
  asksProvider: false,
  traffic: (_port, paths) =>
    paths === undefined ? always(order(0)) : { request: (serial) => order(serial % paths), sent: 0 },
}

const FASTIFY: App = {
  name: 'fastify',
  title: 'Fastify, JSON API',
  short: 'Fastify',
  file: file('fastify'),
  asksProvider: false,
  traffic: () => always(order(0)),
}

const MCP_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }
const MCP_VERSION = '2025-11-25'

/** Begins an MCP session. */
async function mcpTraffic(port: number): Promise<Traffic> {
  const url = `http://127.0.0.1:${port}/mcp`
  const say = async (message: object, headers = {}) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    const response = await fetch(url, { method: 'POST', headers: { ...MCP_HEADERS, ...headers }, body })
    if (!response.ok) throw new Error(`the MCP server answered ${response.status}: ${await response.text()}`)
    await response.text()
    return response
  }
  const clientInfo = { name: 'bench', version: '1.0.0' }
  const params = { protocolVersion: MCP_VERSION, capabilities: {}, clientInfo }
  const id = (await say({ id: 0, method: 'initialize', params })).headers.get('mcp-session-id') ?? ''
  const session = { 'Mcp-Session-Id': id, 'Mcp-Protocol-Version': MCP_VERSION }
  await say({ method: 'notifications/initialized' }, session)
  const headers = { ...MCP_HEADERS, ...session }
  const call = (serial: number) =>
    `{"jsonrpc":"2.0","id":${six(serial)},"method":"tools/call","params":{"name":"weather","arguments":{}}}`
  return { request: (serial) => bytes('POST', '/mcp', headers, call(serial)), sent: 2 }
}

const MCP: App = {
  name: 'mcp',
  title: 'MCP, tools/call',
  short: 'MCP',
  file: file('mcp'),
  asksProvider: false,
  traffic: mcpTraffic,
  counted: (families) => [sumOf(families, METRICS.mcpRequests.name)],
}

const countedCalls = (families: Families) => [
  sumOf(families, METRICS.llmRequests.name, { usage: 'reported' }),
  sumOf(families, `${METRICS.llmRequestDuration.name}_count`),
  sumOf(families, METRICS.llmTokens.name) / TOKENS,
]

/** An app that makes one LLM call for each request. */
const llmApp = (name: string, title: string, short: string): App => ({
  name,
  title,
  short,
  file: file(name),
  asksProvider: true,
  traffic: () => always(bytes('GET', '/ask')),
  counted: countedCalls,
})

const LLM_JSON = llmApp('llm-json', 'LLM call with openai, 8 KB of JSON', 'LLM call')

const LLM_STREAM = llmApp('llm-stream', 'LLM stream with openai, 2,000 events', 'LLM stream')

const LLM_PASS_THROUGH: App = {
  ...llmApp('llm-pass-through', 'LLM stream passed through with fetch, 2,000 events', 'LLM pass-through'),
  traffic: (_port, events = 2000) => always(bytes('GET', `/${events}`)),
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
