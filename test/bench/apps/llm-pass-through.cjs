// A gateway that calls an LLM provider with fetch, and passes the bytes of the stream on without reading them. The path
// `/<events>` gives the number of events in the stream.
const http = require('node:http')
const measured = require('./measured.cjs')

const messages = [{ role: 'user', content: 'Tell me everything about it.' }]

measured(
  http.createServer(async ({ url }, response) => {
    const upstream = await fetch(`${process.env.PROVIDER}/v1/chat/completions?events=${url.slice(1)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
      body: JSON.stringify({ model: 'bench-1', messages, stream: true, stream_options: { include_usage: true } }),
    })
    response.setHeader('Content-Type', 'text/event-stream')
    for await (const chunk of upstream.body) response.write(chunk)
    response.end()
  }),
)
