// Serves HTTP/2 by both of Node's APIs, and writes what it sees: events, modes, return values, properties.
const { once } = require('node:events')
const http2 = require('node:http2')
const { inspect } = require('node:util')

const log = (...words) => console.log(JSON.stringify(words))

/** An object as `util.inspect` shows it, without numbers, which differ from run to run. */
const shown = (object) => inspect(object, { depth: 0 }).replaceAll(/\d+/g, '')
const listeners = (emitter) =>
  emitter
    .eventNames()
    .map((name) => [String(name), emitter.listenerCount(name), emitter.rawListeners(name).map(String)])
const names = (object) => Object.keys(object).concat(Object.getOwnPropertySymbols(object).map(String))

const compat = {
  '/hello': (request, response) => {
    log('names', names(request), names(response), names(request.stream), shown(request.stream))
    log('listeners', [request, response, request.stream, request.stream.session].map(listeners))
    log('end', response.end('hello') === response)
  },
  '/echo': (request, response) => {
    log('mode', request.readableFlowing, request.stream.readableFlowing, request.listenerCount('data'))
    request.on('data', (chunk) => log('data', chunk.length, response.write(chunk)))
    request.on('end', () => response.end())
    for (const event of ['close', 'aborted']) request.on(event, () => log('request', event))
    for (const event of ['finish', 'close']) response.on(event, () => log('response', event, response.writableEnded))
  },
  '/unread': (_request, response) => response.end('not read'),
  '/late': (_request, response) => {
    response.end('in time')
    log(
      'late',
      response.write('late', (error) => log('late', error?.code)),
    )
  },
  '/without-listeners': (request) => {
    const { stream } = request
    const { session } = stream
    for (const emitter of [stream, session]) {
      emitter.removeAllListeners()
      log('left', listeners(emitter))
    }
    stream.respond()
    stream.end('without listeners')
  },
  '/trailers': (_request, response) => {
    response.setTrailer('sum', '4')
    response.end('body')
  },
  '/pushing': (_request, response) => {
    response.createPushResponse({ ':path': '/pushed' }, (error, pushed) => {
      log('pushed', error)
      pushed.end('pushed')
      response.end('pushing')
    })
  },
}

const streams = {
  '/pressure': (stream) => {
    stream.respond({ 'x-way': 'stream' })
    let rounds = 3
    const fill = () => {
      let writes = 1
      while (stream.write(Buffer.alloc(1000))) writes++
      log('full', writes, stream.writableLength)
      if (--rounds === 0) stream.end()
    }
    stream.on('drain', () => log('drain') || (rounds > 0 && fill()))
    for (const event of ['finish', 'close']) stream.on(event, () => log('stream', event, stream.rstCode))
    fill()
  },
  '/corked': (stream) => {
    stream.cork()
    stream.write('one ')
    stream.write(Buffer.from('two '))
    stream.end('three')
  },
  '/file': (stream) => stream.respondWithFile(__filename),
  '/close': (stream) => {
    stream.respond()
    stream.write('some', () => stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM))
    stream.on('close', () => log('closed', stream.rstCode, stream.aborted))
  },
  '/destroy': (stream) => {
    stream.on('error', (error) => log('error', error.message))
    stream.destroy(new Error("the app's own"))
  },
  '/throw': (stream) => {
    try {
      stream.respond({ ':status': 99 })
    } catch (error) {
      log('threw', error.code)
    }
    stream.respond()
    try {
      stream.respond()
    } catch (error) {
      log('threw', error.code)
    }
    stream.end()
  },
  '/wait': (stream) => {
    for (const event of ['aborted', 'close', 'error']) stream.on(event, () => log('waiting', event, stream.rstCode))
    stream.respond()
    stream.write('waiting')
  },
}

const server = http2
  .createServer((request, response) => {
    log(request.method, request.url)
    if (compat[request.url]) compat[request.url](request, response)
    else if (!streams[request.url]) response.writeHead(404).end('no')
  })
  .on('stream', (stream, headers) => streams[headers[':path']]?.(stream))
  .on('sessionError', (error) => log('session', error.code))
  .listen(0, '127.0.0.1')
once(server, 'listening').then(() => console.log(`ready ${server.address().port}`))
