// Says whether the statements publish that are added to find-my-way: for requests to Fastify, which has it, and then for an app's own
// use of it.
const { hasSubscribers } = require('node:diagnostics_channel')
const http = require('node:http')
const fastify = require('fastify')
const findMyWay = require('find-my-way')

const FIND_MY_WAY_REQUESTS = 'agentgateway-otel:http.link.findMyWay.request'

async function request(listen) {
  const server = http.createServer(listen)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${server.address().port}/things/1`)
  const text = await response.text()
  await new Promise((resolve) => server.close(resolve))
  return { text, publishesLookups: hasSubscribers(FIND_MY_WAY_REQUESTS) }
}

async function ofFastify() {
  const app = fastify()
  app.get('/things/:id', async () => 'ok')
  await app.ready()
  return request((req, res) => app.routing(req, res))
}

function ofFindMyWay() {
  const router = findMyWay()
  router.on('GET', '/things/:id', (_req, res) => res.end('ok'))
  return request((req, res) => router.lookup(req, res))
}

async function main() {
  console.log('ready')
  for (const measure of [ofFastify, ofFindMyWay]) console.log(JSON.stringify(await measure()))
}
main()
