// A gateway: makes a call by fetch and forwards the bytes of the stream unread. The path /<events> is the number of events.
const http = require('node:http')
const measured = require('./measured.cjs')

const messages = [{ role: 'user', content: 'Tell me everything about it.' }]

measured(
  http.createServer(async ({ url }, response) => {
    const answer = await fetch(`${process.env.PROVIDER}/v1/chat/completions?events=${url.slice(1)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
      body: JSON.stringify({ model: 'bench-1', messages, stream: true, stream_options: { include_usage: true } }),
    })
    response.setHeader('Content-Type', 'text/event-stream')
    for await (const chunk of answer.body) response.write(chunk)
    response.end()
  }),
)
