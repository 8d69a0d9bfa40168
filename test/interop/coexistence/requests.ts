/** A request that the test sends to the app, and how the preload has to count it. */
export interface Request {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly route: string
  readonly status: '200' | '500'
  readonly body?: string
}

const MODEL = 'gpt-5'
const RESPONSE_MODEL = 'gpt-5-2025-08-07'
const TOKENS = { input: 3, output: 5 }

const get = (route: string, id: number): Request => ({
  path: route.replace(':id', String(id)),
  method: 'GET',
  route,
  status: route === '/fail/:id' ? '500' : '200',
})
const mcp = (method: string, params: object): Request => ({
  path: '/mcp',
  method: 'POST',
  route: '/mcp',
  status: '200',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
})

export const REQUESTS: readonly Request[] = [
  ...[get('/items/:id', 1), get('/items/:id', 2), get('/call/:id', 1), get('/llm/:id', 1), get('/items/:id', 3)],
  mcp('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1.0.0' },
  }),
  mcp('tools/call', { name: 'now', arguments: {} }),
  ...[get('/fail/:id', 1), get('/call/:id', 2), get('/fail/:id', 2), get('/llm/:id', 2), get('/items/:id', 4)],
  // The last one comes when all others are counted. Its spans show that those of the others have been reported.
  get('/llm/:id', 3),
]

const ofRoute = (route: string) => REQUESTS.filter((request) => request.route === route).length

/** How often the app calls a model. */
export const LLM_CALLS = ofRoute('/llm/:id')
/** How many requests fail. */
export const FAILURES = ofRoute('/fail/:id')

/** The response of the model: the headers of the request. */
export const completion = (headers: object) => ({
  id: 'completion',
  object: 'chat.completion',
  created: 1,
  model: RESPONSE_MODEL,
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: JSON.stringify(headers) } }],
  usage: {
    prompt_tokens: TOKENS.input,
    completion_tokens: TOKENS.output,
    total_tokens: TOKENS.input + TOKENS.output,
  },
})

/** Sample and value, with sorted labels. */
export const entry = (name: string, labels: Readonly<Record<string, string>>, value: number) =>
  `${name} ${JSON.stringify(Object.entries(labels).sort())} ${value}`

/**
 * What the preload has to count of all requests, in the form of `entry`, sorted.
 *
 * @param port on which the app listens
 * @param responseBytes the sizes of the responses' bodies, by the index of the request
 */
export function expectedCounts(port: string, responseBytes: readonly number[]): readonly string[] {
  const values = new Map<string, number>()
  const add = (name: string, labels: Readonly<Record<string, string>>, value: number) => {
    const key = entry(name, labels, 0).replace(/ 0$/, '')
    values.set(key, (values.get(key) ?? 0) + value)
  }
  for (const [i, { method, status, route, body = '' }] of REQUESTS.entries()) {
    const labels = { method, status, route, protocol: route === '/mcp' ? 'mcp' : 'http' }
    add('agentgateway_requests_total', labels, 1)
    add('agentgateway_request_duration_seconds_count', labels, 1)
    add('agentgateway_request_size_bytes_count', labels, 1)
    add('agentgateway_request_size_bytes_sum', labels, body.length)
    add('agentgateway_response_size_bytes_count', labels, 1)
    add('agentgateway_response_size_bytes_sum', labels, responseBytes[i] ?? Number.NaN)
    add('agentgateway_connections_total', { bind: port, protocol: 'http' }, 1)
  }
  add('agentgateway_connections_active', { bind: port, protocol: 'http' }, 0)

  const message = { role: 'server', transport: 'streamable_http', server: 'shop', status: 'ok' }
  add('agentgateway_mcp_requests_total', { ...message, method: 'initialize', resource_type: '', resource: '' }, 1)
  const tool = { method: 'tools/call', resource_type: 'tool', resource: 'now' }
  add('agentgateway_mcp_requests_total', { ...message, ...tool }, 1)

  const call = {
    gen_ai_operation_name: 'chat',
    gen_ai_system: 'custom',
    gen_ai_request_model: MODEL,
    gen_ai_response_model: RESPONSE_MODEL,
  }
  add('agentgateway_llm_requests_total', { ...call, error_type: '', usage: 'reported' }, LLM_CALLS)
  add('agentgateway_llm_request_duration_seconds_count', { ...call, error_type: '' }, LLM_CALLS)
  for (const [type, tokens] of Object.entries(TOKENS)) {
    add('agentgateway_llm_tokens_total', { ...call, gen_ai_token_type: type }, LLM_CALLS * tokens)
  }
  return [...values].map(([key, value]) => `${key} ${value}`).sort()
}
