// A restify server.
const restify = require('restify')

const ok = (_request, response, next) => {
  response.send('ok')
  next()
}
const server = restify.createServer()
server.get('/', ok)
server.get('/users/:id', ok)
server.del('/users/:id', ok)
server.get('/wild/*', ok)
server.get('/fail', (_request, _response, next) => next(new Error('handed over by a handler')))
server.get('/*', (request, response, next) => {
  response.send(request.getQuery().includes('found') ? 200 : 404, 'the rest')
  next()
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
