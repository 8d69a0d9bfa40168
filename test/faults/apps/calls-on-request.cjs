// A server that, when it is asked to, calls a provider: itself. It reports its port.
const http = require('node:http')

const server = http.createServer((request, response) => {
  request.resume()
  if (request.url !== '/call') return response.end('{}')
  const url = `http://127.0.0.1:${server.address().port}/v1/chat/completions`
  const headers = { 'content-type': 'application/json' }
  fetch(url, { method: 'POST', headers, body: '{"model":"m","messages":[]}' })
    .then((called) => called.text())
    .then((text) => response.end(text))
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
