// Middlewares that rewrite requests and responses, in the frameworks that they are made for. Prints their ports as
// JSON.
import http from 'node:http'
import fastifyExpress from '@fastify/express'
import express from 'express'
import fastify from 'fastify'
import methodOverride from 'method-override'

const overriding = express()
overriding.use(methodOverride('X-HTTP-Method-Override'))
overriding.use((request, _response, next) => {
  if (request.url === '/old/1') request.url = '/users/1'
  next()
})
overriding.delete('/users/:id', (_request, response) => response.status(202).end())
overriding.get('/users/:id', (_request, response) => response.end('user'))
// A stream fails after its head, and the app sets a status for that, as Express apps do.
overriding.get('/stream', (_request, response) => {
  response.type('text/event-stream').flushHeaders()
  setImmediate(() => response.status(500).end())
})

const bridged = fastify()
await bridged.register(fastifyExpress)
bridged.use((_request, _response, next) => next())
bridged.get('/users/:id', async () => ({ ok: true }))
bridged.get('/missing', async (_request, reply) => reply.code(404).send({ ok: false }))
await bridged.listen({ port: 0, host: '127.0.0.1' })

const server = http.createServer(overriding).listen(0, '127.0.0.1', () => {
  const at = { express: server.address().port, fastify: bridged.server.address().port }
  console.log(`ready ${JSON.stringify(at)}`)
})
