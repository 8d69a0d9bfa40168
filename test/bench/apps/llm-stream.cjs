// Streams from an LLM provider with the openai package, and passes each piece of text on as it arrives.
const http = require('node:http')
const OpenAI = require('openai')
const measured = require('./measured.cjs')

const client = new OpenAI({ apiKey: 'none', baseURL: `${process.env.PROVIDER}/v1`, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Tell me everything about it.' }]
const options = { model: 'bench-1', messages, stream: true, stream_options: { include_usage: true } }

measured(
  http.createServer(async (_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    for await (const chunk of await client.chat.completions.create(options)) {
      const text = chunk.choices[0]?.delta.content
      if (text) response.write(text)
    }
    response.end()
  }),
)
