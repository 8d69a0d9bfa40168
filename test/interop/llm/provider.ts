import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { createGzip, gzipSync } from 'node:zlib'

/**
 * What the provider does with a request; the request's model says which, `<behaviour>/<anything>`.
 *
 * - `answer`: answers as asked; `gzip`: the same, compressed
 * - `limited`: 429, always; `flaky`: 429 at the first attempt; `refuse`: 400
 * - `fail`: begins a stream and puts an error into it
 * - `endless`: begins a stream and goes on until the client leaves
 * - `cut`: begins an answer and cuts the connection
 */
type Behaviour = 'answer' | 'gzip' | 'limited' | 'flaky' | 'refuse' | 'fail' | 'endless' | 'cut'

/** What the provider knows of one request that it got. */
export interface Served {
  readonly api: 'openai' | 'anthropic'
  readonly model: string
  readonly attempt: number
  status: number
  /** Of the answer, as far as one was sent. */
  responseModel?: string
  /** As sent: what the answer says that was used. */
  tokens?: { input: number; output: number }
  clientLeft: boolean
  /** From the request's arrival until the last of the answer was written: the client sees no less. */
  seconds: number
}

export interface Provider {
  readonly url: string
  readonly served: readonly Served[]
  close(): Promise<void>
}

interface Body {
  readonly model: string
  readonly stream?: boolean
  readonly stream_options?: { include_usage?: boolean }
}

/** The wire formats of OpenAI's chat completions and of Anthropic's messages, on an ephemeral port of 127.0.0.1. */
export async function startProvider(): Promise<Provider> {
  const served: Served[] = []
  const server = createServer(async (request, response) => {
    const startMs = performance.now()
    const body = (await json(request)) as Body
    const record: Served = {
      api: request.url === '/v1/messages' ? 'anthropic' : 'openai',
      model: body.model,
      attempt: Number(request.headers['x-stainless-retry-count'] ?? 0),
      status: 200,
      clientLeft: false,
      seconds: 0,
    }
    served.push(record)
    response.on('close', () => {
      record.clientLeft = !response.writableFinished
    })
    // A client may leave as soon as it has the last event, so what counts is when that was written, not the end.
    for (const method of ['write', 'end'] as const) {
      const original = response[method] as (...args: unknown[]) => never
      response[method] = (...rest: unknown[]) => {
        if (method === 'write' || rest.length > 0) record.seconds = (performance.now() - startMs) / 1000
        return original.apply(response, rest)
      }
    }
    await answer(record, body, served.length, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    served,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(record: Served, body: Body, serial: number, response: ServerResponse): Promise<void> {
  const behaviour = body.model.split('/')[0] as Behaviour
  // The SDKs wait half a second before they try again, unless they are told otherwise.
  response.setHeader('retry-after-ms', '1')
  if (behaviour === 'refuse') return fail(record, 400, response)
  if (behaviour === 'limited' || (behaviour === 'flaky' && record.attempt === 0)) return fail(record, 429, response)

  const format = record.api === 'openai' ? openai(body) : anthropic(body)
  const tokens = { input: 1000 + serial, output: 10 + 2 * serial }
  const compress = behaviour === 'gzip'
  if (compress) response.setHeader('content-encoding', 'gzip')
  record.responseModel = `${body.model}-2026-09`

  if (!body.stream) {
    const text = JSON.stringify(format.whole(record.responseModel, tokens))
    response.setHeader('content-type', 'application/json')
    if (behaviour === 'cut') {
      await flush(response, text.slice(0, text.indexOf('"usage"')))
      response.destroy()
      return
    }
    record.tokens = tokens
    response.end(compress ? gzipSync(text) : text)
    return
  }

  response.setHeader('content-type', 'text/event-stream; charset=utf-8')
  const gzip = compress ? createGzip() : undefined
  gzip?.pipe(response)
  const write = async (events: string) => {
    // Cut anywhere, inside of characters too.
    const bytes = Buffer.from(events)
    for (let i = 0; i < bytes.length; i += 50) {
      const piece = bytes.subarray(i, i + 50)
      if (gzip) gzip.write(piece, () => gzip.flush())
      else response.write(piece)
      await turn()
    }
  }
  const { begin, text, error, finish } = format
  const early = begin(record.responseModel, tokens)
  if (early.tokens) record.tokens = early.tokens
  await write(early.events + text)
  if (behaviour === 'fail') {
    await write(error)
  } else if (behaviour === 'cut') {
    await flush(response, text)
    response.destroy()
    return
  } else if (behaviour === 'endless') {
    while (!response.destroyed) await write(text)
    return
  } else {
    const last = finish(record.responseModel, tokens)
    if (last.tokens) record.tokens = last.tokens
    await write(last.events)
  }
  if (gzip) gzip.end()
  else response.end()
}

/** What is on its way when a connection is cut does arrive. */
const flush = (response: ServerResponse, text: string) =>
  new Promise<void>((resolve) => response.write(text, () => resolve()))

function fail(record: Served, status: number, response: ServerResponse): void {
  record.status = status
  const error = { type: 'some_error', code: 'some_code', message: 'as the test asked for' }
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(record.api === 'openai' ? { error } : { type: 'error', error }))
}

interface Tokens {
  input: number
  output: number
}

/** Events, and the tokens that a client knows of when it has them. */
interface Part {
  readonly events: string
  readonly tokens?: Tokens
}

interface WireFormat {
  whole(model: string, tokens: Tokens): object
  begin(model: string, tokens: Tokens): Part
  readonly text: string
  readonly error: string
  finish(model: string, tokens: Tokens): Part
}

function openai(body: Body): WireFormat {
  const wantsUsage = body.stream_options?.include_usage === true
  const usage = ({ input, output }: Tokens) => ({
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 512 },
    completion_tokens_details: { reasoning_tokens: 7 },
  })
  const chunk = (members: object) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1_790_000_000, ...members })}\n\n`
  const delta = (content: string, model: string, finish_reason: string | null = null) =>
    chunk({ model, choices: [{ index: 0, delta: { content }, finish_reason }], ...(wantsUsage && { usage: null }) })
  return {
    whole: (model, tokens) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'Grüße 漢字 🎈' }, finish_reason: 'stop' }],
      usage: usage(tokens),
    }),
    begin: (model) => ({ events: delta('', model) }),
    text: delta('Grüße 漢字 🎈 "usage": {', `${body.model}-2026-09`).repeat(3),
    error: `data: ${JSON.stringify({ error: { message: 'as asked for', type: 'server_error', code: null } })}\n\n`,
    finish: (model, tokens) => {
      const end = delta('', model, 'stop')
      if (!wantsUsage) return { events: `${end}data: [DONE]\n\n` }
      return { events: `${end}${chunk({ model, choices: [], usage: usage(tokens) })}data: [DONE]\n\n`, tokens }
    },
  }
}

/** Of the input, 100 tokens are said to have been written to the cache and 800 to have been read from it. */
function anthropic(body: Body): WireFormat {
  const input = (tokens: Tokens) => ({
    input_tokens: tokens.input - 900,
    cache_creation_input_tokens: 100,
    cache_read_input_tokens: 800,
  })
  const message = (model: string, content: object[], usage: object) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: content.length > 0 ? 'end_turn' : null,
    stop_sequence: null,
    usage,
  })
  const event = (data: { type: string; [member: string]: unknown }) =>
    `event: ${data.type}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`
  const text = { type: 'text_delta', text: 'Grüße 漢字 🎈 "usage": {' }
  return {
    whole: (model, tokens) =>
      message(model, [{ type: 'text', text: 'Grüße 漢字 🎈' }], { ...input(tokens), output_tokens: tokens.output }),
    begin: (model, tokens) => ({
      events:
        event({ type: 'message_start', message: message(model, [], { ...input(tokens), output_tokens: 1 }) }) +
        event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
        event({ type: 'ping' }),
      tokens: { input: tokens.input, output: 1 },
    }),
    text: event({ type: 'content_block_delta', index: 0, delta: text }).repeat(3),
    error: event({ type: 'error', error: { type: 'overloaded_error', message: 'as asked for' } }),
    finish: (_, tokens) => ({
      events:
        event({ type: 'content_block_stop', index: 0 }) +
        event({
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          // Totals, either way: of the output alone, or of all.
          usage: { ...(body.model.includes('totals') && input(tokens)), output_tokens: tokens.output },
        }) +
        event({ type: 'message_stop' }),
      tokens,
    }),
  }
}
