// Says what the statements publish that are added to routers: for requests to Express, which has router, and to Fastify, which has
// find-my-way; and then for an app's own use of both.
const { hasSubscribers, subscribe } = require('node:diagnostics_channel')
const http = require('node:http')
const express = require('express')
const fastify = require('fastify')
const findMyWay = require('find-my-way')
const createRouter = require('router')

const ROUTER = 'agentgateway-otel:http.link.router'
const FIND_MY_WAY_REQUESTS = 'agentgateway-otel:http.link.findMyWay.request'

let ofRouter = 0
subscribe(ROUTER, () => {
  ofRouter++
})

async function request(listen) {
  const server = http.createServer(listen)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  ofRouter = 0
  const response = await fetch(`http://127.0.0.1:${server.address().port}/things/1`)
  const text = await response.text()
  await new Promise((resolve) => server.close(resolve))
  return { text, ofRouter, publishesLookups: hasSubscribers(FIND_MY_WAY_REQUESTS) }
}

async function ofFastify() {
  const app = fastify()
  app.get('/things/:id', async () => 'ok')
  await app.ready()
  return request((req, res) => app.routing(req, res))
}

function ofExpress() {
  const app = express()
  app.get('/things/:id', (_req, res) => res.send('ok'))
  return request(app)
}

function ofRouters() {
  const inner = findMyWay()
  inner.on('GET', '/things/:id', (_req, res) => res.end('ok'))
  const router = createRouter()
  router.use((req, res) => inner.lookup(req, res))
  return request((req, res) => router(req, res, () => res.end()))
}

async function main() {
  console.log('ready')
  for (const measure of [ofFastify, ofExpress, ofRouters]) console.log(JSON.stringify(await measure()))
}
main()
