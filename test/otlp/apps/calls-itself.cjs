// `calls-itself.mjs` as CommonJS.
const http = require('node:http')

const server = http
  .createServer((request, response) => {
    if (request.url !== '/call') return response.end('called')
    http.get(`http://127.0.0.1:${server.address().port}/`, { agent: false }, (incoming) => incoming.pipe(response))
  })
  .listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
