// Plain node:http: the least that a request can cost. All apps are CommonJS, so that hooks of `require` see them.
const http = require('node:http')
const measured = require('./measured.cjs')

const BODY = 'Hello, world\n'

measured(
  http.createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/plain')
    response.setHeader('Content-Length', BODY.length)
    response.end(BODY)
  }),
)
