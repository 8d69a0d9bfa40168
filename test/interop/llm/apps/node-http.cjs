// Makes calls with nothing but node:http. PROVIDER is its URL, REFUSING one where nobody listens, CALLS a list in JSON.
const http = require('node:http')

function call({ model, stream = false, usage = false, leaves = false, refused = false }) {
  return new Promise((resolve) => {
    const url = `${refused ? process.env.REFUSING : process.env.PROVIDER}/v1/chat/completions?api-version=1`
    const request = http.request(url, { method: 'POST', headers: { 'content-type': 'application/json' } })
    request.on('error', (error) => resolve({ error: error.code }))
    request.on('response', (response) => {
      let bytes = 0
      response.on('data', (chunk) => {
        bytes += chunk.length
        // An event at least.
        if (leaves && bytes > 500) response.destroy()
      })
      response.on('error', (error) => resolve({ error: error.code }))
      response.on('close', () => resolve({ status: response.statusCode }))
    })
    const body = JSON.stringify({
      messages: [{ role: 'user', content: 'Grüße an "model": 漢字 🎈'.repeat(5000) }],
      model,
      stream,
      ...(usage && { stream_options: { include_usage: true } }),
    })
    request.write(body.slice(0, 10))
    request.write(Buffer.from(body.slice(10, 4000)))
    request.end(body.slice(4000))
  })
}

async function main() {
  console.log('ready')
  for (const one of JSON.parse(process.env.CALLS)) {
    console.log(`call ${JSON.stringify({ model: one.model, ...(await call(one)) })}`)
  }
  console.log('done')
  process.stdin.resume()
}
main()
