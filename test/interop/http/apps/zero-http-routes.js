// Apps of 0http and restana with routers in each other. APP is the package.
import { loadPackage } from './load-package.js'

const create = await loadPackage(process.env.APP)

const ok = (_request, response) => response.end('ok')
const refuse = (request, response, next) => {
  if (!request.url.includes('refused')) return next()
  response.statusCode = 401
  response.end()
}
const isRestana = process.env.APP.startsWith('restana')
const defaultRoute = (_request, response) => {
  response.statusCode = 404
  response.end()
}
const errorHandler = (_error, _request, response) => {
  response.statusCode = 500
  response.end()
}
const app = isRestana ? create({ defaultRoute, errorHandler }) : create({ defaultRoute, errorHandler }).router
const createRouter = () => (isRestana ? app.newRouter() : create({ defaultRoute, errorHandler }).router)

const users = createRouter()
users.get('/', ok)
users.get('/:id', ok)
users.get('/:id/passed', (_request, _response, next) => next())
users.get('/:id/fail', () => {
  throw new Error('thrown by a route')
})
const tenants = createRouter()
tenants.use('/users', users)
tenants.get('/about', ok)

app.use(refuse)
app.get('/', ok)
app.get('/things/own', ok)
app.get('/things/:thing', ok)
app.post('/things/:thing', ok)
app.all('/any/:x', ok)
app.get('/wild/*', ok)
app.get('/never/:id', () => console.log('reached'))
app.use('/api/users', users)
app.use('/tenants/:tenant', tenants)
app.use('/files', ok)
app.get('/api/users/:id/passed', (_request, response) => response.end('after all'))
app.get('/*', (request, response, next) => (request.url.includes('found') ? response.end() : next()))

let server
if (isRestana) server = await app.start(0, '127.0.0.1')
else {
  const { createServer } = await import('node:http')
  server = createServer((request, response) => app.lookup(request, response))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
}
console.log(`ready ${server.address().port}`)
