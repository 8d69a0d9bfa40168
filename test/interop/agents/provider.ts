import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What the provider knows of a request of an agent, independently of what is counted in the app that started the agent. */
export interface Served {
  readonly api: 'anthropic' | 'openai'
  /** The id of the message, which Claude Code's lines have. */
  readonly id: string
  readonly model: string
  readonly responseModel: string
  readonly input: number
  readonly output: number
  /** Empty, the status with which it was refused, or `stalled` if the response never ended. */
  readonly outcome: string
  /** Whether the call compacts a conversation. */
  readonly isCompaction?: boolean
  readonly details: Readonly<Record<string, number>>
}

export interface AgentProvider {
  readonly url: string
  readonly served: readonly Served[]
  close(): Promise<void>
}

/**
 * Anthropic's Messages and OpenAI's Responses, for agents. The last text of a request says what is to happen: `use a tool`, `use a
 * sub-agent` (which then uses a tool), `refuse with 429`, `stall`. Anything else gets a text.
 */
export async function startAgentProvider(): Promise<AgentProvider> {
  const served: Served[] = []
  const server = createServer((request, response) => {
    respond(request, response, served).catch((error) => {
      console.error(`the provider failed at ${request.url}`, error)
      response.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

type Body = Readonly<Record<string, unknown>> & { readonly model: string }

async function respond(request: IncomingMessage, response: ServerResponse, served: Served[]): Promise<void> {
  const { pathname } = new URL(request.url ?? '', 'http://provider')
  const respondTo = { '/v1/messages': respondToMessages, '/v1/responses': respondToResponses }[pathname]
  // Codex tries a WebSocket first.
  if (request.method !== 'POST' || respondTo === undefined) {
    response.writeHead(request.headers.upgrade ? 426 : 404).end()
    return
  }
  respondTo((await json(request)) as Body, response, served)
}

/** Returns what the request's last text asks for. The result of a tool, which may repeat it, asks for nothing. */
const taskOf = (last: unknown) => {
  const text = JSON.stringify(last)
  const [task = ''] = /use a tool|use a sub-agent|refuse with \d+|stall/.exec(text) ?? []
  return /"tool_result"|call_output"/.test(text) ? '' : task
}

const event = (data: { readonly type: string } & Record<string, unknown>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

function respondToMessages(body: Body, response: ServerResponse, served: Served[]): void {
  const n = served.length + 1
  const messages = body.messages as readonly { readonly role: string; readonly content: unknown }[]
  const last = messages.findLast(({ role }) => role === 'user')?.content
  const isCompaction = /summary of (?:the|this|our) conversation/.test(JSON.stringify(last))
  const task = isCompaction ? '' : taskOf(last)
  const [, status = ''] = /refuse with (\d+)/.exec(task) ?? []
  const call: Served = {
    api: 'anthropic',
    id: `msg_${n}`,
    model: body.model,
    responseModel: `${body.model}-20260901`,
    input: 1000 + n,
    output: 100 + 2 * n,
    outcome: task === 'stall' ? 'stalled' : status,
    isCompaction,
    details: { input_cache_read: 800, input_cache_write: 100, output_reasoning: 0 },
  }
  served.push(call)
  if (status !== '') {
    response.writeHead(Number(status), { 'content-type': 'application/json', 'x-should-retry': 'false' })
    response.end(JSON.stringify({ type: 'error', error: { type: 'some_error', message: 'requested by the test' } }))
    return
  }
  const id = `toolu_${n}`
  const text = { type: 'text', text: `response ${n}: Grüße 漢字 🎈 {"type":"result"}` }
  const tool = { type: 'tool_use', id, name: 'Bash', input: { command: 'echo "from a tool"', description: 'echo' } }
  const agent = {
    ...{ type: 'tool_use', id, name: 'Agent' },
    input: { description: 'helper', prompt: 'use a tool', subagent_type: 'helper', run_in_background: false },
  }
  const content = { 'use a tool': [text, tool], 'use a sub-agent': [text, agent] }[task] ?? [text]
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': `req_${n}` })
  const usage = { input_tokens: call.input - 900, cache_creation_input_tokens: 100, cache_read_input_tokens: 800 }
  const message = { id: call.id, type: 'message', role: 'assistant', model: call.responseModel, content: [] }
  const begin = { ...message, stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } }
  response.write(event({ type: 'message_start', message: begin }))
  for (const [index, block] of content.entries()) {
    const isText = 'text' in block
    const content_block = isText ? { ...block, text: '' } : { ...block, input: {} }
    const delta = isText
      ? { type: 'text_delta', text: block.text }
      : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }
    response.write(event({ type: 'content_block_start', index, content_block }))
    response.write(event({ type: 'content_block_delta', index, delta }))
    response.write(event({ type: 'content_block_stop', index }))
  }
  if (task === 'stall') return
  const delta = { stop_reason: content.length > 1 ? 'tool_use' : 'end_turn', stop_sequence: null }
  response.write(event({ type: 'message_delta', delta, usage: { output_tokens: call.output } }))
  response.end(event({ type: 'message_stop' }))
}

function respondToResponses(body: Body, response: ServerResponse, served: Served[]): void {
  const n = served.length + 1
  const task = taskOf((body.input as readonly unknown[]).at(-1))
  const [, status = ''] = /refuse with (\d+)/.exec(task) ?? []
  const model = `${body.model}-2026-09`
  const call: Served = {
    api: 'openai',
    id: `resp_${n}`,
    model: body.model,
    responseModel: model,
    input: 2000 + n,
    output: 200 + 2 * n,
    outcome: task === 'stall' ? 'stalled' : status,
    details: { input_cache_read: 512, input_cache_write: 0, output_reasoning: 7 },
  }
  served.push(call)
  if (status !== '') {
    response.writeHead(Number(status), { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { type: 'some_error', code: 'some_code', message: 'requested by the test' } }))
    return
  }
  const tools = body.tools as readonly { readonly name?: string }[]
  const shell = tools.find(({ name }) => /^(?:shell|shell_command|exec_command)$/.test(name ?? ''))?.name
  const item =
    task === 'use a tool'
      ? {
          ...{ type: 'function_call', id: `fc_${n}`, call_id: `call_${n}`, name: shell, status: 'completed' },
          arguments: JSON.stringify({ cmd: 'echo "from a tool"', command: ['echo', 'from a tool'] }),
        }
      : {
          ...{ type: 'message', id: `msg_${n}`, role: 'assistant', status: 'completed' },
          content: [{ type: 'output_text', text: `response ${n}: Grüße 漢字 🎈 "turn.completed"`, annotations: [] }],
        }
  const whole = { id: call.id, object: 'response', model, output: [] }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(event({ type: 'response.created', response: { ...whole, status: 'in_progress' } }))
  response.write(event({ type: 'response.output_item.done', output_index: 0, item }))
  if (task === 'stall') return
  const usage = {
    input_tokens: call.input,
    input_tokens_details: { cached_tokens: 512, cache_write_tokens: 0 },
    output_tokens: call.output,
    output_tokens_details: { reasoning_tokens: 7 },
    total_tokens: call.input + call.output,
  }
  response.end(
    event({ type: 'response.completed', response: { ...whole, status: 'completed', output: [item], usage } }),
  )
}
