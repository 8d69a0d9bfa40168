import { once } from 'node:events'
import http, { type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const EVENTS_PER_WRITE = 10

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'bench-1-2026-09' }
const usage = {
  prompt_tokens: 1200,
  completion_tokens: 300,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 1024 },
  completion_tokens_details: { reasoning_tokens: 128 },
}
const WORDS = 'It depends on "what" you mean by everything, \\ and on — let us say — whom you ask. '

const completion = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: WORDS.repeat(100).slice(0, 7600) }, finish_reason: 'stop' },
    ],
    usage,
  }),
)

const event = (members: object) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...members })}\n\n`
const textEvent = event({ choices: [{ index: 0, delta: { content: ' depends' }, finish_reason: null }], usage: null })
const textEvents = Buffer.from(textEvent.repeat(EVENTS_PER_WRITE))
const lastEvents = Buffer.from(`${event({ choices: [], usage })}data: [DONE]\n\n`)

function stream(response: ServerResponse, events: number): void {
  response.setHeader('content-type', 'text/event-stream')
  let left = events - 1
  // The writes are in different turns of the event loop, so that they arrive separately, as they do from a remote provider.
  const writeNext = () => {
    if (left <= 0) return void response.end(lastEvents)
    response.write(left >= EVENTS_PER_WRITE ? textEvents : textEvent.repeat(left))
    left -= EVENTS_PER_WRITE
    setImmediate(writeNext)
  }
  writeNext()
}

export interface Provider {
  readonly port: number
  stop(): void
}

/**
 * Starts an LLM provider with OpenAI's chat completions. Its responses are always the same, and are made beforehand. It runs in the
 * process of the load, which `openLoad` keeps awake, so that no app pays for waking it.
 */
export async function startProvider(): Promise<Provider> {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const events = Number(/events=(\d+)/.exec(request.url ?? '')?.[1] ?? 2000)
      if (JSON.parse(Buffer.concat(chunks).toString()).stream) return stream(response, events)
      response.setHeader('content-type', 'application/json')
      response.setHeader('content-length', completion.length)
      response.end(completion)
    })
  })
  // The connections must stay open while the other variants have their turns.
  server.keepAliveTimeout = 600_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
