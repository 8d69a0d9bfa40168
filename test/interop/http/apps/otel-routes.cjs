// A Koa and an Express app behind one server, which do not call `setRoute` (but for one route).
if (process.env.SDK === 'first line') require('./otel-sdk.cjs')

const { createServer } = require('node:http')
const Router = require('@koa/router')
const { setRoute } = require('agentgateway-otel')
const express = require('express')
const Koa = require('koa')

const ok = (ctx) => {
  ctx.body = 'ok'
}
const api = new Router({ prefix: '/koa' })
api.get('/users/:id', ok)
api.get('/fail/:id', () => {
  throw new Error('thrown by a route')
})
api.get('/named/:id', (ctx) => {
  setRoute(ctx, '/koa/named/{id}')
  ok(ctx)
})
api.get('/stream/:id', async (ctx) => {
  ctx.body = require('node:stream').Readable.from(['one', 'two'])
})
const koa = new Koa()
koa.silent = true
koa.use(api.routes()).use(api.allowedMethods())

const users = express.Router()
users.get('/:id', (_request, response) => response.send('ok'))
users.get('/later/:id', async (_request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 1))
  response.send('ok')
})
const app = express()
app.use(express.json())
app.use('/express/users', users)
app.use('/express/static', express.static(__dirname))

const answerKoa = koa.callback()
const server = createServer((request, response) => {
  if (request.url.startsWith('/express')) app(request, response)
  else answerKoa(request, response)
})
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`))
