// A moleculer-web gateway: on a server of its own, or for `express` in an Express app, at its root and below a mount.
const { ServiceBroker } = require('moleculer')
const ApiGateway = require('moleculer-web')
const express = require('express')

const isInExpress = process.argv[2] === 'express'

const ok = (_request, response) => response.end('ok')
const broker = new ServiceBroker({ logger: false })
broker.createService({
  name: 'users',
  actions: {
    list: () => [],
    get: ({ params }) => params.id,
    create: () => 'created',
    fail() {
      throw new Error('thrown by an action')
    },
  },
})
const gateway = broker.createService({
  name: 'api',
  mixins: [ApiGateway],
  settings: {
    port: 0,
    ip: '127.0.0.1',
    server: !isInExpress,
    path: isInExpress ? '/gateway' : '',
    // Aliases are tried in the order below.
    optimizeOrder: false,
    routes: [
      {
        path: '/api/v1',
        mappingPolicy: 'restrict',
        use: [
          (request, response, next) => {
            if (request.url.includes('refused')) response.writeHead(403).end()
            else next()
          },
        ],
        aliases: {
          'REST people': 'users',
          'GET users/:id': 'users.get',
          'POST users/:id': 'users.create',
          'GET fail': 'users.fail',
          'GET gone': 'users.nonexistent',
          'GET files/*path': ok,
          'GET optional{/:page}': ok,
          'GET never': () => console.log('reached'),
        },
      },
      { path: '/direct', mappingPolicy: 'all', whitelist: ['users.*'] },
      {
        path: '/',
        mappingPolicy: 'restrict',
        aliases: {
          'GET /': ok,
          'GET /health': ok,
          'GET /*rest': (request, response) => response.writeHead(request.query.found ? 200 : 404).end(),
        },
      },
    ],
  },
})

broker.start().then(() => {
  if (!isInExpress) return console.log(`ready ${gateway.server.address().port}`)
  const app = express()
  app.use('/mounted/:tenant', gateway.express())
  app.get('/express/:id', ok)
  app.use(gateway.express())
  const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
})
