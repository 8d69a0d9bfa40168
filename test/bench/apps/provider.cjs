// A stand-in for an LLM provider with OpenAI's chat completions, whose response is always the same and made beforehand.
const http = require('node:http')
const measured = require('./measured.cjs')

const EVENTS_A_WRITE = 10

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'bench-1-2026-09' }
const usage = {
  prompt_tokens: 1200,
  completion_tokens: 300,
  total_tokens: 1500,
  prompt_tokens_details: { cached_tokens: 1024 },
  completion_tokens_details: { reasoning_tokens: 128 },
}
const WORDS = 'It depends on "what" you mean by everything, \\ and on — let us say — whom you ask. '

const whole = Buffer.from(
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: WORDS.repeat(100).slice(0, 7600) }, finish_reason: 'stop' },
    ],
    usage,
  }),
)

const event = (members) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...members })}\n\n`
const text = event({ choices: [{ index: 0, delta: { content: ' depends' }, finish_reason: null }], usage: null })
const texts = Buffer.from(text.repeat(EVENTS_A_WRITE))
const last = Buffer.from(`${event({ choices: [], usage })}data: [DONE]\n\n`)

function stream(response, events) {
  response.setHeader('content-type', 'text/event-stream')
  let left = events - 1
  // The writes are a turn of the event loop apart, so that they arrive one by one, as over a real network.
  const next = () => {
    if (left <= 0) return response.end(last)
    response.write(left >= EVENTS_A_WRITE ? texts : text.repeat(left))
    left -= EVENTS_A_WRITE
    setImmediate(next)
  }
  next()
}

measured(
  http.createServer((request, response) => {
    const asked = []
    request.on('data', (chunk) => asked.push(chunk))
    request.on('end', () => {
      const events = Number(/events=(\d+)/.exec(request.url)?.[1] ?? 2000)
      if (JSON.parse(Buffer.concat(asked)).stream) return stream(response, events)
      response.setHeader('content-type', 'application/json')
      response.setHeader('content-length', whole.length)
      response.end(whole)
    })
  }),
)
