// Calls an LLM provider with the openai package for each request; the response is 8 KB of JSON.
const http = require('node:http')
const OpenAI = require('openai')
const measured = require('./measured.cjs')

const client = new OpenAI({ apiKey: 'none', baseURL: `${process.env.PROVIDER}/v1`, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Tell me everything about it.' }]

measured(
  http.createServer(async (_request, response) => {
    const completion = await client.chat.completions.create({ model: 'bench-1', messages })
    const body = JSON.stringify({ length: completion.choices[0].message.content.length, usage: completion.usage })
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Content-Length', body.length)
    response.end(body)
  }),
)
