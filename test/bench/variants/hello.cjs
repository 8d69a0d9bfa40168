// The app under measurement, the same for every variant: CommonJS, so that HttpInstrumentation's hook sees its require.
const http = require('node:http')

const BODY = 'Hello, world\n'

const server = http.createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/plain')
  response.setHeader('Content-Length', BODY.length)
  response.end(BODY)
})

// The variants take turns; their connections are to be there when it is theirs.
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
