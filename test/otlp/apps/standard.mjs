// Makes two calls to an LLM API and sends three MCP requests, all to itself.
import { createServer } from 'node:http'

const COMPLETION = {
  model: 'm-1',
  choices: [],
  usage: {
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 5, audio_tokens: 20 },
  },
}

/** The result, or the error, of each MCP request, by its id. */
const ANSWERS = [
  { result: { content: [] } },
  { result: { content: [], isError: true } },
  { error: { code: -32601, message: 'no such method' } },
]

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const { id } = JSON.parse(Buffer.concat(chunks))
    const isRefused = request.url.startsWith('/refused')
    const body = request.url === '/mcp' ? { jsonrpc: '2.0', id, ...ANSWERS[id] } : COMPLETION
    response.writeHead(isRefused ? 429 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isRefused ? { error: { type: 'rate_limit' } } : body))
  })
})
server.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}`
  const post = async (path, body, headers = {}) => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    })
    await response.text()
  }
  const messages = [{ role: 'user', content: 'Hello' }]
  for (const prefix of ['', '/refused']) await post(`${prefix}/v1/chat/completions`, { model: 'm', messages })
  const add = { method: 'tools/call', params: { name: 'add' } }
  for (const [id, message] of [add, add, { method: 'tools/list' }].entries()) {
    await post('/mcp', { jsonrpc: '2.0', id, ...message }, { 'mcp-protocol-version': '2025-06-18' })
  }
  console.log('ready')
  console.log('done')
})
