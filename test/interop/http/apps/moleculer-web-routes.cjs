// A moleculer-web gateway, by itself or as a middleware of Express: below a mount, and at the root.
const express = require('express')
const { ServiceBroker } = require('moleculer')
const ApiGateway = require('moleculer-web')

const isMiddleware = process.argv[2] === 'express'
const broker = new ServiceBroker({ logger: false })

broker.createService({
  name: 'users',
  actions: {
    get: () => 'ok',
    remove: () => 'ok',
    fail() {
      throw new Error('thrown by an action')
    },
    missing(ctx) {
      ctx.meta.$statusCode = 404
      return 'none'
    },
  },
})
broker.createService({
  name: 'api',
  mixins: [ApiGateway],
  settings: {
    server: !isMiddleware,
    port: 0,
    ip: '127.0.0.1',
    path: '/api',
    routes: [
      {
        path: '/v1',
        mappingPolicy: 'restrict',
        aliases: {
          'GET users/:id': 'users.get',
          'DELETE users/:id': 'users.remove',
          'GET fail': 'users.fail',
          'GET no-action': 'users.none',
          'GET custom/:name': (_request, response) => response.end('ok'),
        },
      },
      { path: '/by-name', mappingPolicy: 'all' },
      { path: '/rest', mappingPolicy: 'restrict', aliases: { 'GET :path*': 'users.missing' } },
    ],
  },
})

broker.start().then(() => {
  const api = broker.getLocalService('api')
  if (!isMiddleware) return console.log(`ready ${api.server.address().port}`)
  const app = express()
  app.use('/:tenant', api.express())
  app.use(api.express())
  const server = app.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
})
