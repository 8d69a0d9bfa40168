// Services of Feathers. TRANSPORT is `koa`, `express`, or `mounted` in another app of Express.
import feathersExpress from '@feathersjs/express'
import { feathers } from '@feathersjs/feathers'
import * as feathersKoa from '@feathersjs/koa'
import { setRoute } from 'agentgateway-otel'
import express from 'express'

class Messages {
  async find() {
    return []
  }
  async get(id) {
    if (id === 'fail') throw new Error('thrown by a service')
    if (id === 'never') {
      console.log('reached')
      return new Promise(() => {})
    }
    return { id }
  }
  async create(data) {
    return data
  }
}

const { TRANSPORT } = process.env
const isKoa = TRANSPORT === 'koa'
const app = isKoa ? feathersKoa.koa(feathers()) : feathersExpress.default(feathers())
if (isKoa) {
  if (process.env.AGENTGATEWAY_ROUTES === 'explicit') {
    app.use((ctx, next) => {
      setRoute(ctx)
      return next()
    })
  }
  app.use(feathersKoa.errorHandler()).use(feathersKoa.bodyParser()).configure(feathersKoa.rest())
} else app.use(feathersExpress.json()).configure(feathersExpress.rest())
app.use('messages', new Messages())
app.use('users/:user/posts', new Messages())
const nested = isKoa ? feathersKoa.koa(feathers()) : feathersExpress.default(feathers())
if (!isKoa) nested.configure(feathersExpress.rest())
nested.use('things', new Messages())
app.use(isKoa ? 'v1' : '/v1', nested)
if (!isKoa) {
  app.get('/plain/:x', (_request, response) => response.send('ok'))
  app.use(feathersExpress.notFound())
  app.use(feathersExpress.errorHandler({ logger: false, html: false }))
}
const outer = TRANSPORT === 'mounted' ? express().use('/api/:version', app) : app
// Feathers prepares its services as it listens.
if (outer !== app) await app.setup()
const server = await outer.listen(0, '127.0.0.1')
const ready = () => console.log(`ready ${server.address().port}`)
if (server.listening) ready()
else server.once('listening', ready)
