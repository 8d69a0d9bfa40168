// Responds in every way that a response can be written, and writes what it sees of the request: events, modes, properties.
const http = require('node:http')
const { pipeline } = require('node:stream')
const { inspect } = require('node:util')
const { gzipSync } = require('node:zlib')

const routes = {
  '/end': (_request, response) => response.end('hello'),
  '/nothing': (_request, response) => response.end(),
  '/callback': (_request, response) => response.end('called', 'latin1', () => log('end called back')),
  '/chunks': (_request, response) => {
    log('write', response.write('a'), response.write(Buffer.from('b')), response.write('ÿ', 'latin1'))
    response.write('c', () => log('write called back'))
    log('end', response.end('d') === response)
  },
  '/head': (_request, response) => {
    response.writeHead(203, 'Maybe', { 'X-Raw': ['1', '2'], 'Content-Length': 2 })
    response.flushHeaders()
    setImmediate(() => response.end('ok'))
  },
  '/trailers': (_request, response) => {
    response.setHeader('Trailer', 'X-Sum')
    response.write('body')
    response.addTrailers({ 'X-Sum': '4' })
    response.end()
  },
  '/gzip': (_request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('zipped '.repeat(100)))
  },
  '/empty-status': (_request, response) => {
    response.statusCode = 204
    response.end('dropped')
  },
  '/late': (_request, response) => {
    response.on('error', (error) => log('error', error.code))
    response.end('in time')
    log('late', response.write('late'))
    response.end('later')
  },
  '/wrong': (_request, response) => {
    for (const wrong of [null, 5, {}]) {
      try {
        response.write(wrong)
      } catch (error) {
        log('threw', error.code)
      }
    }
    response.end('right')
  },
  '/echo': (request, response) => pipeline(request, response, (error) => log('piped', error?.code)),
  '/read': (request, response) => {
    request.setEncoding('utf8')
    log('mode', request.readableFlowing, request.listenerCount('data'), request.listenerCount('end'))
    request.on('readable', () => {
      for (let text = request.read(); text !== null; text = request.read()) log('read', text)
    })
    request.on('end', () => response.end(JSON.stringify([request.complete, request.trailers])))
  },
  '/unread': (_request, response) => response.end('not read'),
  '/paused': (request, response) => {
    let size = 0
    request.on('data', (chunk) => {
      size += chunk.length
      request.pause()
      setImmediate(() => request.resume())
    })
    request.on('end', () => response.end(`slowly: ${size}`))
  },
  '/properties': (request, response) => {
    const own = (object) => Object.getOwnPropertyNames(Object.getPrototypeOf(object)).sort()
    const { write, end } = response
    const names = [write, end, request.push].map((method) => [method.name, method.length])
    log('names', own(request), own(response), request.constructor.name, response.constructor.name, names)
    // Without ports, which differ from run to run.
    const shown = (object) => inspect(object, { depth: 0 }).replaceAll(/\d{3,}/g, '')
    log(
      'shown',
      [request, response, request.socket].map((emitter) => [keys(emitter), shown(emitter), listeners(emitter)]),
    )
    response.end(JSON.stringify(Object.assign({}, request, { socket: 0, client: 0, _readableState: 0 })))
  },
  '/pressure': (_request, response) => {
    let rounds = 3
    const fill = () => {
      let writes = 1
      while (response.write(Buffer.alloc(1000))) writes++
      log('full', writes, response.writableLength, response.writableNeedDrain)
      if (--rounds === 0) response.end('full')
    }
    response.on('drain', () => log('drain') || (rounds > 0 && fill()))
    response.on('finish', () => log('finish', response.writableFinished, response.writableLength))
    response.on('close', () => log('close', response.destroyed))
    fill()
  },
  '/data': (request, response) => {
    for (const event of ['pause', 'resume', 'data', 'end', 'close', 'error', 'aborted']) {
      request.on(event, (chunk) => log(event, chunk?.length, request.readableFlowing))
    }
    request.on('end', () => response.end('data'))
  },
  '/hostile': (request, response) => {
    const trap = (object, names) => {
      for (const name of names) {
        Object.defineProperty(object, name, {
          get() {
            throw new Error(`the app's trap: ${name}`)
          },
        })
      }
    }
    trap(request, ['route', 'app', 'baseUrl', 'originalUrl', 'url', 'rawHeaders'])
    trap(response, ['headersSent', 'writableEnded', 'writableFinished'])
    response.write('all the ')
    response.end('same')
  },
  '/throw': () => {
    throw new Error("the app's own")
  },
  '/cut': (_request, response) => {
    response.write('half')
    setImmediate(() => response.destroy())
  },
  '/wait': (request, response) => {
    request.on('aborted', () => log('aborted'))
    request.on('error', (error) => log('request error', error.code))
    request.on('close', () => log('request closed', request.destroyed))
    response.on('close', () => log('response closed', response.writableFinished))
    response.write('waiting')
  },
}

const keys = (object) => Reflect.ownKeys(object).map(String)
const listeners = (emitter) => emitter.eventNames().map((name) => [String(name), emitter.listenerCount(name)])
const log = (...words) => console.log(JSON.stringify(words))

const server = http
  .createServer((request, response) => {
    log(request.method, request.url)
    const route = routes[request.url]
    if (route) route(request, response)
    else response.writeHead(404).end('no')
  })
  .on('clientError', (error, socket) => {
    log('clientError', error.code)
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
  })
  .on('checkContinue', (request, response) => {
    log('checkContinue')
    response.writeContinue()
    request.resume().on('end', () => response.end('continued'))
  })
  .on('upgrade', (request, socket, head) => {
    log('upgrade', request.headers.upgrade, head.length, keys(socket), listeners(socket))
    socket.on('error', (error) => log('upgrade error', error.code))
    if (request.headers.upgrade === 'refused') socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
    else if (request.headers.upgrade === 'cut') socket.destroy()
    else {
      log('write', socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: raw\r\nConnection: Upgrade\r\n\r\n'))
      log('keys', keys(socket))
      socket.end(head)
    }
  })
  .on('connect', (request, socket) => {
    log('connect', request.url, keys(socket), listeners(socket))
    socket.end('HTTP/1.1 200 OK\r\n\r\nthrough')
  })
  .listen(0, '127.0.0.1', () => log('listening') || console.log(`ready ${server.address().port}`))
