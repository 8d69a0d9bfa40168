// HTTP/2 servers by each API of Node.js. Prints their ports as JSON.
const { once } = require('node:events')
const { closeSync, openSync, readFileSync } = require('node:fs')
const http2 = require('node:http2')
const { join } = require('node:path')

const pem = (name) => readFileSync(join(__dirname, `../../../fixtures/localhost.${name}.pem`))
const identity = { key: pem('key'), cert: pem('cert') }

const unread = []

/** Responds when the whole request has been read, so that Node closes the stream with the response. */
const afterReading = (respond) => (stream) => stream.resume().on('end', () => respond(stream))

const compat = {
  '/hello': (_request, response) => response.end('hello'),
  '/echo': (request, response) => request.pipe(response),
  '/unread': (_request, response) => unread.push(response),
  '/release': (_request, response) => {
    for (const pending of unread.splice(0)) pending.end('no thanks')
    response.end()
  },
  '/empty': (_request, response) => response.writeHead(204).end(),
  '/paused': (request, response) => {
    request.pause()
    response.end('paused')
  },
  '/override': (request, response) => {
    request.method = request.headers['x-http-method-override']
    request.url = '/elsewhere'
    response.end()
  },
  '/later-status': (_request, response) => {
    response.writeHead(201)
    response.statusCode = 500
    response.end('created')
  },
  '/flushed-status': (_request, response) => {
    response.flushHeaders()
    response.statusCode = 500
    response.end()
  },
  '/deaf': (request) => {
    for (const emitter of [request.stream, request.stream.session]) emitter.removeAllListeners()
    request.stream.respond({ ':status': 203 })
    request.stream.end('deaf')
  },
  '/hints': (_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.end('after the hints')
  },
  '/trailers': (_request, response) => {
    response.addTrailers({ sum: '4' })
    response.end('body')
  },
  '/pushing': (_request, response) => {
    response.createPushResponse({ ':path': '/pushed' }, (_error, pushed) => {
      pushed.end('pushed')
      response.end('pushing')
    })
  },
  '/mcp': (request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [] } }))
    })
  },
}

const streams = {
  '/file': (stream) => stream.respondWithFile(__filename, { 'content-type': 'text/plain' }),
  '/part': (stream) => stream.respondWithFile(__filename, {}, { offset: 3, length: 100 }),
  '/fd': (stream) => {
    const fd = openSync(__filename)
    stream.respondWithFD(fd, {})
    stream.on('close', () => closeSync(fd))
  },
  '/read/end': afterReading((stream) => stream.end('read')),
  '/read/write': afterReading((stream) => {
    stream.write('re')
    setImmediate(() => stream.end('ad'))
  }),
  '/read/large': afterReading((stream) => {
    stream.respond({ ':status': 200 })
    stream.end(Buffer.alloc(1_000_000))
  }),
  '/read/trailers': afterReading((stream) => {
    stream.respond({}, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ sum: '4' }))
    stream.end('read')
  }),
  '/refused-close': (stream) => {
    try {
      stream.close('later')
    } catch (error) {
      stream.respond({ 'x-code': error.code })
      stream.write('goes on')
    }
  },
  '/half': (stream) => {
    stream.respond({ ':status': 200 })
    stream.write('half')
  },
  '/large': (stream) => {
    stream.on('error', () => {})
    stream.respond({ ':status': 200 })
    stream.end(Buffer.alloc(10_000_000))
  },
  '/never': () => {},
  '/reset': (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
  '/cut': (stream) => {
    stream.respond({ ':status': 202 })
    stream.write('some', () => stream.close(http2.constants.NGHTTP2_CANCEL))
  },
  '/goaway': (stream) => stream.session.destroy(),
  '/tunnel': (stream) => {
    stream.respond({ ':status': 200 })
    stream.pipe(stream)
  },
}

function onRequest(request, response) {
  const route = compat[request.url]
  if (route) route(request, response)
  else if (!streams[request.url]) response.writeHead(404).end('no')
}

/** A server with both APIs runs this and `onRequest` for each request; only one of them responds. */
function onStream(stream, headers) {
  stream.on('error', () => {})
  if (headers[':method'] === 'CONNECT') streams['/tunnel'](stream)
  else streams[headers[':path']]?.(stream)
}

const settings = { enableConnectProtocol: true }
const servers = {
  h2c: http2
    .createServer({ settings }, onRequest)
    .on('stream', onStream)
    .on('connect', () => {}),
  h2: http2.createSecureServer({ ...identity, allowHTTP1: true }, onRequest),
  streams: http2.createServer().on('stream', onStream),
}
for (const server of Object.values(servers)) server.listen(0, '127.0.0.1')
Promise.all(Object.values(servers).map((server) => once(server, 'listening'))).then(() => {
  const ports = Object.entries(servers).map(([name, server]) => [name, server.address().port])
  console.log(`ready ${JSON.stringify(Object.fromEntries(ports))}`)
})
