// Plain node:http, where a request costs least. All apps are CommonJS, so that hooks of `require` see what they load.
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
