// Sends itself chat completions over HTTP/2, and does to the streams and sessions of both ends what an app may do: counts,
// removes and fakes events, and replaces methods. It writes what it sees.
const { once } = require('node:events')
const http2 = require('node:http2')
const { Readable } = require('node:stream')

const log = (...words) => console.log(JSON.stringify(words))
const listeners = (emitter) =>
  emitter
    .eventNames()
    .map((name) => [String(name), emitter.listenerCount(name), emitter.rawListeners(name).map(String)])

const reply = JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } })

const server = http2.createServer().on('stream', (stream, headers) => {
  log('served', headers['x-do'], listeners(stream), listeners(stream.session))
  stream.resume().on('end', () => {
    if (headers['x-do'] === 'without listeners') stream.removeAllListeners()
    if (headers['x-do'] === 'faked') for (const event of ['finish', 'close']) stream.emit(event)
    stream.respond({ ':status': 200, 'content-type': 'application/json' })
    stream.end(reply)
  })
})

async function send(session, what, change = () => {}) {
  const stream = session.request({ ':method': 'POST', ':path': '/v1/chat/completions', 'x-do': what })
  log('sent', what, listeners(stream), listeners(session))
  change(stream)
  stream.end(JSON.stringify({ model: what, messages: [] }))
  let text = ''
  for await (const chunk of stream) text += chunk
  log('responded', what, text === reply, stream.rstCode, listeners(stream))
}

server.listen(0, '127.0.0.1', async () => {
  console.log('ready')
  const session = http2.connect(`http://127.0.0.1:${server.address().port}`)
  await once(session, 'connect')
  await send(session, 'listed')
  await send(session, 'without listeners', (stream) => {
    for (const emitter of [stream, session]) emitter.removeAllListeners()
  })
  await send(session, 'faked', (stream) => stream.emit('finish'))
  await send(session, 'renamed', (stream) => {
    const { close, destroy, _destroy } = stream
    stream.close = (...args) => log('close', args.length) || close.apply(stream, args)
    stream.destroy = (...args) => log('destroy', args.length) || destroy.apply(stream, args)
    stream._destroy = (error, done) => log('_destroy', String(error)) || _destroy.call(stream, error, done)
  })
  const { push } = Readable.prototype
  let pushes = 0
  Readable.prototype.push = function (...args) {
    if (typeof this.rstCode === 'number') pushes++
    return push.apply(this, args)
  }
  await send(session, 'spied')
  log('pushed', pushes > 0)
  Readable.prototype.push = push
  session.close()
  await once(session, 'close')
  console.log('done')
})
